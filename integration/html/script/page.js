const root = document.documentElement;
const darkScheme = matchMedia("(prefers-color-scheme: dark)");
const PRINT_WIDTH = 660;
const LATER = 3000;

/** What the graph shows, what it showed before, and how to get from one to another. */
class Explorer {
  #model;
  #view = { kind: "overview" };
  #before = [];
  #isPrinting = false;

  constructor(model) {
    this.#model = model;
    document.getElementById("back").addEventListener("click", () => this.back());
    document.querySelector(".graph").addEventListener("keydown", (event) => event.key === "Escape" && this.back());
    finder(document.getElementById("finder"), model, (node) => this.go({ kind: "node", node }));
    this.#addFilters(model.types.filter((type) => type.rows.length));
    new ResizeObserver(() => this.#isPrinting || this.draw()).observe(document.querySelector(".stage"));
    this.show();
  }

  go(view) {
    if (view.kind === this.#view.kind && view.node === this.#view.node && view.other === this.#view.other) return;
    this.#before.push(this.#view);
    this.#view = view;
    this.show()?.focus();
    detailsElement.scrollTop = 0;
  }

  back() {
    if (!this.#before.length) return;
    this.#view = this.#before.pop();
    (this.show() || document.getElementById("search")).focus({ preventScroll: true });
  }

  /** Show the view; return the heading of the details, which a keyboard's user goes on from. */
  show() {
    const go = (view) => this.go(view);
    document.querySelector(".graph").classList.toggle("is-overview", this.#view.kind === "overview");
    this.#showTrail();
    this.draw();
    if (this.#view.kind === "node") return describeNode(this.#model, this.#view.node, go);
    if (this.#view.kind === "ways") return describeWays(this.#model, this.#view, waysBetween(this.#view.node, this.#view.other), go);
    describeNothing();
    return null;
  }

  draw() {
    if (!plotly) return;
    const width = this.#isPrinting ? PRINT_WIDTH : Math.floor(drawingElement.clientWidth);
    if (!width) return;
    const layout = boxed(this.#layout(width), width);
    draw(layout, width, (place) => this.go({ kind: "node", node: this.#model.nodes[place] }));
    document.getElementById("caption").textContent = layout.caption;
    drawingElement.setAttribute("aria-label", `Drawing. ${layout.caption} What it shows stands in the details and in the tables, too.`);
  }

  print(isPrinting) {
    this.#isPrinting = isPrinting;
    this.draw();
  }

  #layout(width) {
    if (this.#view.kind === "node") return around(this.#view.node, width);
    if (this.#view.kind !== "ways") return overview(this.#model, width);
    const { node, other } = this.#view;
    const found = waysBetween(node, other);
    if (!found.ways.length) return { points: [], lines: [], texts: [{ x: 12, y: 30, text: "No path in this file", side: "right" }], height: 60, caption: "" };
    return { ...along(found, width), caption: `How ${found.start.name} leads to ${found.goal.name}: ${counted(found.ways.length, "path", "paths")}.` };
  }

  #showTrail() {
    const names = { overview: () => "Overview", node: (view) => view.node.name, ways: (view) => `${view.node.name} to ${view.other.name}` };
    const views = [...this.#before.slice(-4), this.#view];
    const first = this.#before.length - Math.min(4, this.#before.length);
    document.getElementById("back").disabled = !this.#before.length;
    document.getElementById("trail").replaceChildren(...views.map((view, index) => {
      const name = names[view.kind](view);
      if (view === this.#view) return make("li", { "aria-current": "page" }, name);
      return make("li", {}, link(name, () => this.#return(first + index)));
    }));
  }

  #return(index) {
    this.#view = this.#before[index];
    this.#before.length = index;
    (this.show() || document.getElementById("search")).focus();
  }

  #addFilters(types) {
    const boxes = new Map(types.map((type) => [type, make("input", { type: "checkbox", checked: true, change: () => this.#hide(boxes) })]));
    const labels = types.map((type) => make("label", {}, boxes.get(type), mark(type), `${type.name} (${number(type.count)})`));
    const set = (isChecked) => {
      for (const box of boxes.values()) box.checked = isChecked;
      this.#hide(boxes);
    };
    const several = types.length > FEW ? [link("All", () => set(true)), link("None", () => set(false))] : [];
    document.getElementById("filter").append(...several, ...labels);
    document.getElementById("types").open = types.length <= FEW;
  }

  #hide(boxes) {
    for (const [type, box] of boxes) type.isHidden = !box.checked;
    this.show();
  }
}

function startTheme(explorer) {
  const button = document.getElementById("theme");
  const isDark = () => (root.dataset.theme ?? (darkScheme.matches ? "dark" : "light")) === "dark";
  const label = () => { button.textContent = isDark() ? "Light colours" : "Dark colours"; };
  button.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; label(); explorer()?.draw(); });
  darkScheme.addEventListener("change", () => { label(); explorer()?.draw(); });
  label();
}

/** Paper has no buttons: what is folded is opened, and the drawing is made anew in the colours that the page has there. */
function startPrint(explorer) {
  let opened = [];
  matchMedia("print").addEventListener("change", ({ matches }) => {
    if (matches) opened = [...document.querySelectorAll("details:not([open]):not(.chooser, .data)")];
    opened.forEach((each) => { each.open = matches; });
    explorer()?.print(matches);
  });
}

/** Wait until an element is almost in view. */
function cameNear(element) {
  return new Promise((resolve) => {
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting) return;
      observer.disconnect();
      resolve();
    }, { rootMargin: "300px" });
    observer.observe(element);
  });
}

const passed = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Show tables and search at once; what draws takes a second to unpack, so it waits until somebody comes near or idles. */
async function start() {
  let explorer = null;
  startTheme(() => explorer);
  startPrint(() => explorer);
  try {
    const model = new Model(JSON.parse(await unpacked("data")));
    document.getElementById("data").remove();
    document.querySelector(".graph").hidden = false;
    explorer = new Explorer(model);
    const open = (node) => {
      document.getElementById("graph").scrollIntoView();
      explorer.go({ kind: "node", node });
    };
    shelve(document.getElementById("tables"), model.types.filter((type) => type.rows.length), open);
    await Promise.race([cameNear(document.getElementById("graph")), passed(LATER)]);
    await loadPlotly();
    explorer.draw();
    root.dataset.ready = "yes";
  } catch (error) {
    const failure = document.getElementById("failure");
    failure.textContent = `This browser cannot show the graph and the tables: ${error.message}`;
    failure.hidden = false;
    throw error;
  }
}

start();
