//! before
#![allow(clippy::unwrap_used, dead_code, unused_imports, reason = "x")]
mod browser;
#[path = "../common/mod.rs"]
mod common;
mod trails;
use browser::*;
use trails::*;
#[test]
fn measure() {
    let out = std::path::PathBuf::from(std::env::var("PICTURES").unwrap());
    let mut b = Browser::start().unwrap();
    for t in Trail::ALL {
        let html = t.page();
        std::fs::write(out.join(format!("{}.html", t.name())), &html).unwrap();
        for (w, h) in [(1280, 800), (390, 844)] {
            let c = b.open(&html, View { width: w, height: h, dark: false });
            let v = b.evaluate("({height:document.documentElement.scrollHeight,width:document.documentElement.scrollWidth})");
            b.picture(&out.join(format!("{}-{w}.png", t.name())));
            println!("{} {w}: {v} screens {:.1} console {c:?}", t.name(), v["height"].as_f64().unwrap()/f64::from(h));
        }
        let pdf = b.print();
        std::fs::write(out.join(format!("{}.pdf", t.name())), &pdf).unwrap();
        println!("{} pages {}", t.name(), pages(&pdf));
    }
}
