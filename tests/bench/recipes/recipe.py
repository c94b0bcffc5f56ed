"""The recipe in Python with requests, over one connection: recipe.py create|delete."""

import base64
import datetime
import os
import sys

import requests

session = requests.Session()
session.verify = os.environ["RUNKEY_CA_FILE"]
session.headers["X-Octopus-ApiKey"] = os.environ["OCTOPUS_API_KEY"]
purpose = f"{os.environ['RUNKEY_RUN_BY']} [runkey {os.environ['RUNKEY_RUN_ID']}]"


def octopus(method, path, body=None):
    answer = session.request(method, os.environ["OCTOPUS_URL"] + path, json=body)
    answer.raise_for_status()
    return answer.json()


def encode(text):
    return base64.b64encode(text.encode()).decode()


def set_variable(name, value, sensitive=False):
    mark = f" sensitive='{encode('True')}'" if sensitive else ""
    print(f"##octopus[setVariable name='{encode(name)}' value='{encode(value)}'{mark}]")


me = octopus("GET", "/api/users/me")
keys = f"/api/users/{me['Id']}/apikeys"
match sys.argv[1]:
    case "create":
        expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        made = octopus("POST", keys, {"Purpose": purpose, "Expires": expires.isoformat()})
        set_variable("ApiKey", made["ApiKey"], sensitive=True)
        set_variable("ApiKeyId", made["Id"])
    case "delete":
        # The first page only, as pasted.
        for key in octopus("GET", keys)["Items"]:
            if key["Purpose"] == purpose:
                octopus("DELETE", f"{keys}/{key['Id']}")
                print(f"Deleted {key['Id']}.")
