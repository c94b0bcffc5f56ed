// Looks into the report: what it holds, how well it can be read, and whether any element is there
// that the page did not make itself.
(() => {
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

  // Every piece of text that can be seen, line by line.
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility()) continue;
    const clip = element.closest("thead");
    if (clip && getComputedStyle(clip).clipPath !== "none") continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width > 0.5) texts.push({ text: node.data.trim().slice(0, 40), node, element, box });
    }
  }
  // Two texts lie over each other where they share more than the slack that fonts take.
  const over = [];
  const sorted = [...texts].sort((a, b) => a.box.top - b.box.top);
  sorted.forEach((a, place) => {
    for (const b of sorted.slice(place + 1)) {
      if (b.box.top > a.box.bottom - 4) break;
      const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const high = Math.min(a.box.bottom, b.box.bottom) - b.box.top;
      if (a.node !== b.node && wide > 2 && high > 4) over.push([a.text, b.text, wide, high]);
    }
  });

  const least = texts
    .map(({ text, element }) => ({ text, contrast: contrast(getComputedStyle(element).color, background(element)) }))
    .sort((a, b) => a.contrast - b.contrast)[0];
  const own = "header,main,section,p,h1,h2,h3,dl,dt,dd,a,b,i,bdi,code,span,figure,figcaption,svg,path,table,thead,tbody,tr,th,td,details,summary";
  const bottom = (selector) => all(selector)[0]?.getBoundingClientRect().bottom;
  return {
    title: document.title,
    badge: text(all(".badge")[0]),
    sum: text(all(".sum")[0]),
    badge_ends: bottom(".badge"),
    sum_ends: bottom(".sum"),
    headings: all("h1, h2, h3").map((heading) => heading.tagName + " " + text(heading)),
    headers: [...new Set(all("thead tr").map((row) => [...row.cells].map(text).join(", ")))],
    rows: all("tbody tr").map((row) => [...row.cells].map(text)),
    shown_rows: all("tbody tr").filter((row) => row.checkVisibility()).length,
    unnamed_tables: all("table:not([aria-label])").length,
    strangers: all("body *").filter((element) => !element.matches(own)).length + all("[onmouseover], [onerror]").length,
    background: getComputedStyle(document.body).backgroundColor,
    least_contrast: least,
    texts_over_texts: over.slice(0, 5),
    content_width: document.documentElement.scrollWidth,
    content_height: document.documentElement.scrollHeight,
  };
})();
