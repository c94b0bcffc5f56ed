"""What a script does without a client: requests, and Python's own urllib, with a run's key."""

import json
import os
import urllib.request

import requests

server, space = os.environ["OCTOPUS_URL"], os.environ["OCTOPUS_SPACE"]
key = {"X-Octopus-ApiKey": os.environ["OCTOPUS_API_KEY"]}


def claim(text):
    print("ok:", text)


with requests.Session() as octopus:
    octopus.headers.update(key)
    all_spaces = octopus.get(f"{server}/api/spaces/all").json()
    space_id = next(each["Id"] for each in all_spaces if each["Name"] == space)
    environments = f"{server}/api/{space_id}/environments"
    made = octopus.post(environments, json={"Name": "Grey"})
    assert made.status_code == 201
    octopus.delete(server + made.json()["Links"]["Self"]).raise_for_status()
    claim("requests creates an environment, and deletes it by its link")

    names, page = [], f"/api/{space_id}/environments?take=1"
    while page:
        answer = octopus.get(server + page).json()
        names += [item["Name"] for item in answer["Items"]]
        page = answer["Links"].get("Page.Next")
    assert names == ["Test", "Production"]
    claim("it reads a list page by page, by the links")

request = urllib.request.Request(f"{server}/api/users/me", headers=key)
with urllib.request.urlopen(request) as answer:
    assert json.load(answer)["Username"] == "runbook-svc"
claim("urllib asks who it is")
