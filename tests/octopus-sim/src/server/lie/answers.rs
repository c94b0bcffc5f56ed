//! Dates, successes and new keys that are not what they seem.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::server::Lie;
use crate::server::clock::http_date;

/// `Date` headers that lie.
impl Lie {
    /// Processed; the `Date` is so far ahead of the server's clock.
    #[must_use]
    pub fn date_off_by(offset: SignedDuration) -> Self {
        Self::after(&format!("date {}", off_by(offset)), move |_, answer| {
            answer.date = Some(http_date(answer.now + offset));
        })
    }

    /// Processed; the `Date` is this text.
    #[must_use]
    pub fn date(text: &str) -> Self {
        let text = text.to_owned();
        Self::after(&format!("date '{text}'"), move |_, answer| {
            answer.date = Some(text.clone());
        })
    }

    /// Processed; there is no `Date`.
    #[must_use]
    pub fn no_date() -> Self {
        Self::after("no date", |_, answer| answer.date = None)
    }

    /// Not processed: a proxy's page, with a `Date` so far ahead of the server's clock.
    #[must_use]
    pub fn proxy_page(offset: SignedDuration) -> Self {
        Self::instead(
            &format!("proxy page, date {}", off_by(offset)),
            move |_, answer| {
                answer.status = 502;
                "text/html".clone_into(&mut answer.content_type);
                answer.body = b"<html><body><h1>502 Bad Gateway</h1></body></html>\n".to_vec();
                answer.date = Some(http_date(answer.now + offset));
            },
        )
    }
}

/// Success that is none.
impl Lie {
    /// 200 with the body of an error; not processed.
    #[must_use]
    pub fn success_with_error() -> Self {
        Self::instead("200 with an error body", |_, answer| {
            let body = json!({
                "ErrorMessage": "The request was not carried out.",
                "Errors": ["The database is in maintenance."],
            });
            answer.body = body.to_string().into_bytes();
        })
    }

    /// 202 with the body `{}`; not processed.
    #[must_use]
    pub fn accepted() -> Self {
        Self::instead("202, and nothing done", |_, answer| answer.status = 202)
    }
}

/// New keys that are not what was asked for, as their answer tells it.
impl Lie {
    /// `Expires` is so far from the server's present; below zero it is past.
    #[must_use]
    pub fn expires_in(lifetime: SignedDuration) -> Self {
        Self::after(&format!("expires {lifetime:#}"), move |_, answer| {
            let expires = answer.now + lifetime;
            answer.edit_json(|key| change(key, "Expires", |_| json!(expires.to_string())));
        })
    }

    /// `Expires` is not there.
    #[must_use]
    pub fn no_expiry() -> Self {
        Self::without("Expires")
    }

    /// `Expires` is so much later than asked.
    #[must_use]
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
    #[must_use]
    pub fn empty_secret() -> Self {
        Self::json("empty secret", |key| {
            change(key, "ApiKey", |_| json!(""));
        })
    }

    /// The secret has this character in it, after the true one and before an `X`.
    #[must_use]
    pub fn secret_with(character: char) -> Self {
        Self::json(&format!("secret with {character:?}"), move |key| {
            change(key, "ApiKey", |secret| match secret.as_str() {
                Some(secret) => json!(format!("{secret}{character}X")),
                None => secret.clone(),
            });
        })
    }
}

/// Answers to what was done that cannot be read.
impl Lie {
    /// Processed; the body is text, called JSON.
    #[must_use]
    pub fn not_json() -> Self {
        Self::after("success, not JSON", |_, answer| {
            if answer.status < 300 {
                answer.body = b"OK, done.".to_vec();
            }
        })
    }

    /// Processed; the JSON breaks off in the middle, where the `Content-Length` says it ends.
    #[must_use]
    pub fn cut_json() -> Self {
        Self::after("JSON cut off", |_, answer| {
            answer.body.truncate(answer.body.len() / 2);
        })
    }

    /// Processed; this field is not there.
    #[must_use]
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
    #[must_use]
    pub fn wrong_types() -> Self {
        Self::json("wrong types", |body| {
            for (place, field) in body.as_object_mut().into_iter().flatten().enumerate() {
                if field.1.is_string() {
                    *field.1 = if place % 2 == 0 { json!(7) } else { json!([]) };
                }
            }
        })
    }
}

/// As in `1h ahead`.
fn off_by(offset: SignedDuration) -> String {
    let side = if offset.is_negative() {
        "behind"
    } else {
        "ahead"
    };
    format!("{:#} {side}", offset.abs())
}

/// Replaces a field that is there.
fn change(body: &mut Value, field: &str, new: impl FnOnce(&Value) -> Value) {
    if let Some(field) = body.get_mut(field) {
        *field = new(field);
    }
}
