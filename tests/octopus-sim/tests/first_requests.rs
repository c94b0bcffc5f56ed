//! What real clients ask first, and how they find their way: `.ci/clients` runs them.

mod support;

use octopus_sim::{Octopus, Settings};
use serde_json::json;
use support::Client;

#[test]
fn the_root_tells_anyone_which_server_this_is_and_where_everything_is() {
    let octopus = Octopus::start();
    let url = format!("{}/api", octopus.url());
    let anonymous = ureq::get(&url).call().expect("no credential is asked for");
    assert_eq!(anonymous.status(), 200);
    let client = Client::with_key(octopus.url(), octopus.service_key());
    for path in ["/api", "/api/"] {
        let root = client.get(path).body;
        assert_eq!(root["Application"], "Octopus Deploy");
        assert_eq!(root["ApiVersion"], "3.0.0");
        assert_eq!(root["Links"]["CurrentUser"], "/api/users/me");
    }
}

#[test]
fn the_root_is_all_that_needs_no_credential() {
    let octopus = Octopus::start();
    for path in ["/api/spaces", "/api/Spaces-1", "/api/users/me", "/api//"] {
        let answer = ureq::get(format!("{}{path}", octopus.url())).call();
        assert!(
            matches!(answer, Err(ureq::Error::StatusCode(401))),
            "{path}"
        );
    }
    let unknown = Client::with_key(octopus.url(), "API-UNKNOWN");
    assert_eq!(unknown.get("/api").status, 401);
}

#[test]
fn a_space_has_a_root_of_its_own() {
    let octopus = Octopus::start();
    let client = Client::with_key(octopus.url(), octopus.service_key());
    let links = &client.get("/api/Spaces-1").body["Links"];
    assert_eq!(links["Self"], "/api/Spaces-1");
    let environments = "/api/Spaces-1/environments{/id}{?name,skip,ids,take,partialName}";
    assert_eq!(links["Environments"], environments);
    assert_eq!(client.get("/api/Spaces-9").status, 404);
    assert_eq!(client.get("/api/spaces/Spaces-1").body["Name"], "Default");
    assert_eq!(client.get("/api/spaces/Spaces-9").status, 404);
}

#[test]
fn links_lead_through_the_virtual_directory() {
    let settings = Settings {
        virtual_directory: "/octopus".to_owned(),
        ..Settings::default()
    };
    let octopus = settings.start();
    let client = Client::with_key(octopus.url(), octopus.service_key());
    let root = client.get("/api").body;
    assert_eq!(root["Links"]["Self"], "/octopus/api");
    assert_eq!(
        client.get("/api/Spaces-1").body["Links"]["Self"],
        "/octopus/api/Spaces-1"
    );
    let page = client.get("/api/Spaces-1/environments?take=1").body;
    let next = page["Links"]["Page.Next"].as_str().expect("a second page");
    let next = next
        .strip_prefix("/octopus")
        .expect("a path of this server");
    assert_eq!(client.get(next).each("Name"), ["Production"]);
}

#[test]
fn a_page_says_what_it_holds_and_where_the_others_are() {
    let octopus = Octopus::start();
    let client = Client::with_key(octopus.url(), octopus.service_key());
    let path = "/api/Spaces-1/environments";
    let first = client.get(&format!("{path}?partialName=t&take=1")).body;
    assert_eq!(first["ItemType"], "Environment");
    let links = json!({
        "Self": format!("{path}?partialName=t&skip=0&take=1"),
        "Template": format!("{path}{{?skip,take,ids,name,partialName}}"),
        "Page.All": format!("{path}?partialName=t&skip=0&take=2147483647"),
        "Page.Current": format!("{path}?partialName=t&skip=0&take=1"),
        "Page.Last": format!("{path}?partialName=t&skip=1&take=1"),
        "Page.Next": format!("{path}?partialName=t&skip=1&take=1"),
    });
    assert_eq!(first["Links"], links);
    let last = links["Page.Next"].as_str().expect("text");
    assert!(client.get(last).body["Links"].get("Page.Next").is_none());
}

#[test]
fn lists_are_narrowed_by_id_name_and_part_of_a_name() {
    let octopus = Octopus::start();
    let client = Client::with_key(octopus.url(), octopus.service_key());
    let names = |query| {
        let page = client.get(&format!("/api/Spaces-1/environments?{query}"));
        page.each("Name").into_iter().cloned().collect::<Vec<_>>()
    };
    assert_eq!(names("partialName=EST"), ["Test"]);
    assert_eq!(names("name=production"), ["Production"]);
    assert_eq!(names("name=prod"), [""; 0]);
    assert_eq!(names("ids=Environments-1,Environments-2").len(), 2);
    assert_eq!(names("partialName=").len(), 2);
}

#[test]
fn without_a_space_a_request_is_about_the_default_one() {
    let octopus = Octopus::start();
    let client = Client::with_key(octopus.url(), octopus.service_key());
    let made = client.post("/api/environments", &json!({ "Name": "Green" }));
    assert_eq!(made.body["SpaceId"], "Spaces-1");
    let id = made.body["Id"].as_str().expect("an id");
    let own = format!("/api/Spaces-1/environments/{id}");
    assert_eq!(made.body["Links"]["Self"], own);
    assert_eq!(
        client.get(&format!("/api/environments/{id}")).body,
        made.body
    );
    assert_eq!(client.get("/api/environments").body["TotalResults"], 3);
    let all = client.get("/api/environments/all").body;
    assert_eq!(all.as_array().map(Vec::len), Some(3));
    assert_eq!(client.delete(&own).status, 200);
    assert_eq!(client.get("/api/Spaces-9/environments").status, 404);
}
