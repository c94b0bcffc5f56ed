# Reads the server, the key and the space that `runkey use` gives: the URL and the key by themselves.
terraform {
  required_providers {
    octopusdeploy = {
      source = "OctopusDeploy/octopusdeploy"
    }
  }
}

variable "space_id" {
  type = string
}

provider "octopusdeploy" {
  space_id = var.space_id
}

resource "octopusdeploy_environment" "violet" {
  name = "Violet"
}

data "octopusdeploy_environments" "all" {
  take       = 10
  depends_on = [octopusdeploy_environment.violet]
}

output "names" {
  value = join(" ", data.octopusdeploy_environments.all.environments[*].name)
}
