import { Marked } from "marked";
import type { Plugin } from "vite";

/**
 * Turns a page of the manual into HTML when the app is built: nothing of it is read as Markdown in the browser, and no HTML that
 * stands in it gets through.
 */
export function helpPages(): Plugin {
  return {
    name: "help-pages",
    transform(text, id) {
      if (!id.endsWith(".md")) return undefined;
      const { html, title, images } = rendered(text);
      const imports = images.map((path, n) => `import image${n} from ${JSON.stringify(`./${path}`)};`);
      const filled = images.reduce(
        (all, _, n) => all.replaceAll(`"image:${n}"`, `\${JSON.stringify(image${n})}`),
        asTemplate(html),
      );
      const code = [
        ...imports,
        `export const title = ${JSON.stringify(title)};`,
        `export const html = \`${filled}\`;`,
        `export const text = ${JSON.stringify(plain(html))};`,
      ].join("\n");
      return { code, map: null, moduleType: "js" };
    },
  };
}

interface Rendered {
  readonly html: string;
  /** The first heading. */
  readonly title: string;
  /** Paths of pictures beside the page; in `html` they are `image:0`, `image:1`… */
  readonly images: readonly string[];
}

/** Headings get an id to be linked to; pages link each other as `live.md`. */
export function rendered(markdown: string): Rendered {
  const images: string[] = [];
  let title = "";
  const marked = new Marked({
    gfm: true,
    renderer: {
      html: ({ text }) => escaped(text),
      heading({ tokens, depth, text }) {
        if (title === "") title = text.replaceAll("`", "");
        return `<h${depth} id="${slug(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      image({ href, text }) {
        images.push(href);
        return `<img src="image:${images.length - 1}" alt="${escaped(text)}" loading="lazy">`;
      },
      link({ href, tokens }) {
        const inside = this.parser.parseInline(tokens);
        const page = /^([a-z-]+)\.md(#[\w-]+)?$/.exec(href);
        if (page) return `<a href="/help/${page[1]}${page[2] ?? ""}">${inside}</a>`;
        return /^(https:\/\/|#|\/help\/)/.test(href) ? `<a href="${escaped(href)}">${inside}</a>` : inside;
      },
      // A wide table scrolls in itself, not the page; the keyboard can reach it.
      table({ header, rows }) {
        const cells = (row: typeof header, tag: string) =>
          row.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join("");
        const body = rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("");
        return `<div class="help-table" tabindex="0" role="region" aria-label="Table"><table><thead><tr>${cells(header, "th")}</tr></thead><tbody>${body}</tbody></table></div>`;
      },
      code: ({ text }) => `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`,
    },
  });
  const html = marked.parse(markdown, { async: false });
  return { html, title, images };
}

export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const asTemplate = (html: string): string => html.replace(/[\\`]|\$\{/g, (found) => `\\${found}`);

const plain = (html: string): string =>
  html
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ");
