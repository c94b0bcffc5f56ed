// Looks into the report: what its table holds, how well its text can be read, and whether any
// element is there that the page did not make itself.
const all = (selector) => [...document.querySelectorAll(selector)];
const text = (element) => element.textContent.trim();
const parts = (colour) => colour.match(/[\d.]+/g).map(Number);

// https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
const luminance = (colour) => {
  const [r, g, b] = parts(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
};
const background = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const colour = getComputedStyle(e).backgroundColor;
    if (parts(colour)[3] !== 0) return colour;
  }
  return "rgb(255, 255, 255)";
};

const own = "header,main,p,h1,h2,dl,dt,dd,a,bdi,code,span,table,caption,thead,tbody,tr,th,td,script";
const shows = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
const found = {
  title: document.title,
  headings: all("h1, h2").length,
  headers: all("thead th").map(text),
  rows: all("tbody tr").map((row) => [...row.cells].map(text)),
  strangers: all("body *").filter((element) => !element.matches(own)).length + all("[onmouseover], [onerror]").length,
  background: getComputedStyle(document.body).backgroundColor,
  texts: all("body *:not(script)").filter(shows).map((element) => ({
    text: text(element).slice(0, 40),
    contrast: contrast(getComputedStyle(element).color, background(element)),
  })),
  content_width: document.documentElement.scrollWidth,
  window_width: document.documentElement.clientWidth,
};
document.body.append(Object.assign(document.createElement("output"), { textContent: JSON.stringify(found) }));
