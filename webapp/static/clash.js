// The same field was changed in two places: both texts with their differences marked, and for
// each field the choice between them. What is typed meanwhile goes on counting as one's own.

import { combined, difference } from "./differences.js";

export class Clash {
  // `theirs` is what is stored now, by field; `done` is called once every field is chosen.
  constructor(form, theirs, fields, done) {
    this.form = form;
    this.theirs = theirs;
    this.open = new Map();
    this.done = done;
    const template = document.getElementById("clash-template");
    this.element = template.content.firstElementChild.cloneNode(true);
    const model = this.element.querySelector("[data-clash-field]");
    for (const name of fields) {
      const part = model.cloneNode(true);
      this.open.set(name, part);
      this.prepare(part, name);
      model.before(part);
    }
    model.remove();
    this.draw();
  }

  // Whoever is typing goes on typing; anyone else is led here.
  show(place) {
    this.element.scrollTop = 0;
    place.after(this.element);
    if (!document.activeElement?.matches("textarea")) this.element.focus();
  }

  focus() {
    this.element.focus();
  }

  draw() {
    for (const [name, part] of this.open) {
      const mine = new FormData(this.form).get(name) ?? "";
      const pieces = this.marked(name)
        ? [["gone", this.words(name, this.theirs[name])], ["new", this.words(name, mine)]]
        : difference(this.theirs[name], mine.replaceAll("\r\n", "\n"));
      this.fill(part.querySelector("[data-theirs]"), pieces, "gone", "del");
      this.fill(part.querySelector("[data-mine]"), pieces, "new", "ins");
    }
  }

  prepare(part, name) {
    part.querySelector("[data-label]").textContent = this.label(name);
    const choices = {
      "[data-keep-mine]": () => {},
      "[data-take-theirs]": () => this.put(name, this.theirs[name]),
      "[data-use-both]": () => {
        this.put(name, combined(this.theirs[name], this.form.elements[name].value));
        this.form.elements[name].focus();
      },
    };
    if (this.marked(name)) part.querySelector("[data-use-both]").remove();
    for (const [button, choose] of Object.entries(choices)) {
      part.querySelector(button)?.addEventListener("click", () => this.settle(name, choose));
    }
  }

  settle(name, choose) {
    choose();
    this.open.get(name).remove();
    this.open.delete(name);
    if (this.open.size) return this.focus();
    const here = this.element.contains(document.activeElement) || document.activeElement === document.body;
    this.element.remove();
    if (here) this.field(name).focus();
    return this.done();
  }

  fill(place, pieces, fate, tag) {
    const parts = pieces
      .filter(([one]) => one === "kept" || one === fate)
      .map(([one, text]) => (one === "kept" ? text : this.only(tag, place.dataset.only, text)));
    place.replaceChildren(...parts);
  }

  // What only one of the two has is marked, and said aloud.
  only(tag, words, text) {
    const mark = document.createElement(tag);
    const aloud = document.createElement("span");
    aloud.className = "govuk-visually-hidden";
    aloud.textContent = `${words} `;
    mark.append(aloud, text);
    return mark;
  }

  // A level is chosen from a scale, so it cannot be combined.
  marked(name) {
    return this.form.elements[name] instanceof RadioNodeList;
  }

  field(name) {
    const field = this.form.elements[name];
    return this.marked(name) ? ([...field].find((radio) => radio.checked) ?? field[0]) : field;
  }

  // A level is shown by the text of its row, not by its code.
  words(name, mark) {
    const row = [...this.form.elements[name]].find((radio) => radio.value === mark);
    return row ? row.labels[0].textContent.trim().replace(/\s+/g, " ") : "–";
  }

  label(name) {
    const field = this.field(name);
    const label = field.closest("fieldset")?.querySelector("legend") ?? field.labels[0];
    return label.textContent.trim();
  }

  put(name, value) {
    put(this.form, name, value);
  }
}

export function put(form, name, value) {
  const field = form.elements[name];
  if (field instanceof RadioNodeList) {
    for (const radio of field) radio.checked = radio.value === value;
  } else if (field) {
    field.value = value;
  }
}
