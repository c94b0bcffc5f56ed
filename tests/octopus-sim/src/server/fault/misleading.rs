//! Dates, successes and new keys that are not what they seem.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::server::clock::http_date;
use crate::server::{Fault, MadeUp, Total};

impl Fault {
    /// Processed; the `Date` is so far ahead of the server's clock.
    pub fn date_off_by(offset: SignedDuration) -> Self {
        Self::edit(&format!("date off by {offset:#}"), move |_, response| {
            response.set_header("Date", http_date(response.now + offset));
        })
    }

    /// Processed; the `Date` is this text.
    pub fn date(text: &str) -> Self {
        let text = text.to_owned();
        Self::edit(&format!("date '{text}'"), move |_, response| {
            response.set_header("Date", text.clone());
        })
    }

    /// Processed; there is no `Date`.
    pub fn no_date() -> Self {
        Self::edit("no date", |_, response| {
            response.headers.remove("Date");
        })
    }

    /// Not processed: a proxy's page, with a `Date` so far ahead of the server's clock.
    pub fn proxy_page(offset: SignedDuration) -> Self {
        Self::instead(
            &format!("proxy page, date off by {offset:#}"),
            move |_, response| {
                response.make_page(502, "502 Bad Gateway");
                response.set_header("Date", http_date(response.now + offset));
            },
        )
    }

    /// 200 with the body of an error; not processed.
    pub fn success_with_error() -> Self {
        Self::instead("200 with an error body", |_, response| {
            let body = json!({
                "ErrorMessage": "The request was not carried out.",
                "Errors": ["The database is in maintenance."],
            });
            response.body = body.to_string().into_bytes();
        })
    }

    /// 202 with the body `{}`; not processed.
    pub fn accepted() -> Self {
        Self::instead("202, and nothing done", |_, response| response.status = 202)
    }

    /// `Expires` is so far from the server's present; below zero it is past.
    pub fn expires_in(lifetime: SignedDuration) -> Self {
        Self::edit(&format!("expires {lifetime:#}"), move |_, response| {
            let expires = response.now + lifetime;
            response.edit_json(|key| change(key, "Expires", |_| json!(expires.to_string())));
        })
    }

    /// `Expires` is so much later than asked.
    pub fn expires_later_by(more: SignedDuration) -> Self {
        Self::json(&format!("expires {more:#} later"), move |key| {
            change(key, "Expires", |expires| {
                let asked = expires
                    .as_str()
                    .and_then(|text| text.parse::<Timestamp>().ok());
                asked.map_or(Value::Null, |asked| json!((asked + more).to_string()))
            });
        })
    }

    /// The secret is the empty text.
    pub fn empty_secret() -> Self {
        Self::json("empty secret", |key| {
            change(key, "ApiKey", |_| json!(""));
        })
    }

    /// The secret has this character in it, after the true one and before an `X`.
    pub fn secret_with(character: char) -> Self {
        Self::json(&format!("secret with {character:?}"), move |key| {
            change(key, "ApiKey", |secret| match secret.as_str() {
                Some(secret) => json!(format!("{secret}{character}X")),
                None => secret.clone(),
            });
        })
    }

    /// Processed; the body is text, called JSON.
    pub fn not_json() -> Self {
        Self::edit("success, not JSON", |_, response| {
            if response.status < 300 {
                response.body = b"OK, done.".to_vec();
            }
        })
    }

    /// Processed; the JSON breaks off in the middle, where the `Content-Length` says it ends.
    pub fn cut_json() -> Self {
        Self::edit("JSON cut off", |_, response| {
            response.body.truncate(response.body.len() / 2);
        })
    }

    /// Processed; this field is not there.
    pub fn without(field: &str) -> Self {
        let name = format!("without {field}");
        let field = field.to_owned();
        Self::json(&name, move |body| {
            if let Some(body) = body.as_object_mut() {
                body.remove(&field);
            }
        })
    }

    /// Processed; every field that should be text is something else.
    pub fn wrong_types() -> Self {
        Self::json("wrong types", |body| {
            for (place, field) in body.as_object_mut().into_iter().flatten().enumerate() {
                if field.1.is_string() {
                    *field.1 = if place % 2 == 0 { json!(7) } else { json!([]) };
                }
            }
        })
    }

    /// One misleading response of every kind, and a valid credential that is refused, for a
    /// generated matrix like that of [`Fault::all`].
    pub fn misleading() -> Vec<Self> {
        let hour = SignedDuration::from_hours(1);
        let totals = [
            Total::Zero,
            Total::ThisPage,
            Total::Half,
            Total::TooMany,
            Total::Absent,
        ];
        let made_up = [MadeUp::NewIds, MadeUp::RepeatingIds, MadeUp::ChangingIds];
        let mut all: Vec<Self> = totals.map(Self::total).into();
        all.extend(made_up.map(Self::endless_list));
        for offset in [hour, hour * 24, hour * 24 * 3650] {
            all.extend([Self::date_off_by(offset), Self::date_off_by(-offset)]);
            all.extend([Self::proxy_page(offset), Self::proxy_page(-offset)]);
        }
        all.extend([
            Self::date("yesterday, or so"),
            Self::no_date(),
            Self::success_with_error(),
            Self::accepted(),
            Self::expires_in(-hour),
            Self::without("Expires"),
            Self::expires_later_by(SignedDuration::from_secs(61)),
            Self::empty_secret(),
            Self::secret_with(' '),
            Self::secret_with('\u{7}'),
            Self::secret_with('é'),
            Self::not_json(),
            Self::cut_json(),
            Self::without("ApiKey"),
            Self::without("Id"),
            Self::wrong_types(),
            Self::Status(401),
        ]);
        all
    }
}

/// Replaces a field that is there.
fn change(body: &mut Value, field: &str, new: impl FnOnce(&Value) -> Value) {
    if let Some(field) = body.get_mut(field) {
        *field = new(field);
    }
}
