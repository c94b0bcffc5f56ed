"""The client that is generated from Octopus's own API description, with a run's key."""

import os
from datetime import datetime, timedelta, timezone

from octopus_deploy_swagger_client import (
    ApiClient,
    ApiKeysApi,
    Configuration,
    EnvironmentResource,
    EnvironmentsApi,
    HomeApi,
    SpacesApi,
    UsersApi,
)


def call(api, verb, *arguments, **named):
    """Calls the one method of an API whose generated name begins with `verb`."""
    methods = [name for name in dir(api) if name.startswith(verb)]
    (name,) = [name for name in methods if not name.endswith(("_spaces", "_with_http_info"))]
    return getattr(api, name)(*arguments, **named)


def claim(text):
    print("ok:", text)


configuration = Configuration()
configuration.host = os.environ["OCTOPUS_URL"]
configuration.api_key["X-Octopus-ApiKey"] = os.environ["OCTOPUS_API_KEY"]
client = ApiClient(configuration)

home = call(HomeApi(client), "custom_action")
assert (home.application, home.api_version) == ("Octopus Deploy", "3.0.0")
assert home.links["Spaces"].startswith("/api/spaces{/id}")
claim("HomeApi reads the root, which it asks for without a key")

users = UsersApi(client)
names = [user.username for user in call(users, "list_all")]
assert names == ["admin", "alice", "bob", "runbook-svc", "runbook-alice"]
page = call(users, "index", take=2)
assert (page.item_type, page.total_results, len(page.items)) == ("User", 5, 2)
claim("UsersApi lists all users, and a page of them")

spaces = SpacesApi(client)
space = call(spaces, "load", "Spaces-1")
assert (space.name, space.is_default) == ("Default", True)
assert [each.name for each in call(spaces, "list_all")] == ["Default"]
assert call(spaces, "index").item_type == "Space"
claim("SpacesApi loads the space, lists all, and a page of them")

environments = EnvironmentsApi(client)
made = call(environments, "create", environment_resource=EnvironmentResource(name="Cyan"))
assert made.space_id == "Spaces-1"
made.description = "changed"
assert call(environments, "modify", made.id, environment_resource=made).description == "changed"
assert [each.name for each in call(environments, "list_all")] == ["Test", "Production", "Cyan"]
claim("EnvironmentsApi creates, modifies and lists environments of the default space")
call(environments, "delete", made.id)
assert [each.name for each in call(environments, "list_all")] == ["Test", "Production"]
claim("it deletes the environment")


def of_keys(method, path, response_type, body=None):
    """Its own methods for making and revoking a key lack the purpose and the user ("this definition
    is not complete", they say): the client below them sends both."""
    answer, status, _ = client.call_api(
        f"/api/users/{owner}/apikeys{path}",
        method,
        header_params={"Content-Type": "application/json", "Accept": "application/json"},
        body=body,
        response_type=response_type,
        auth_settings=["APIKeyHeader"],
    )
    assert status == 200
    return answer


keys = ApiKeysApi(client)
owner = next(user.id for user in call(users, "list_all") if user.username == "runbook-svc")
soon = datetime.now(timezone.utc) + timedelta(minutes=5)
key = of_keys(
    "POST", "", "ApiKeyResource", {"Purpose": "made by swagger.py", "Expires": soon.isoformat()}
)
assert key.api_key.startswith("API-") and key.user_id == owner
listed = call(keys, "custom_query", owner)
assert listed.items[0].purpose == "made by swagger.py"
assert key.api_key not in str(listed), "a list never shows a key"
claim("ApiKeysApi lists a key that was made with the client, without showing it again")

of_keys("DELETE", f"/{key.id}", "object")
assert key.id not in [each.id for each in call(keys, "custom_query", owner).items]
claim("a key that is deleted with the client is on the list no more")
