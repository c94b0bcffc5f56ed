$runKeyCreateStep = "$($OctopusParameters['RunKey.Step.CreateStep'])".Trim()
