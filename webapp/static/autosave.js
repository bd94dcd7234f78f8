// Saves a form while it is being typed in, and keeps every word until the server has it.
//
// Each change goes out as PATCH { base, key, fields }: the version it builds on, a key that
// makes a repeated request count once, and the fields that changed. What is not yet stored
// lies in this browser under the person and the page, and is sent again after a lost
// connection, an ended sign-in, a restart of the server or a closed lid.
// Without this script the same form works by its button.

const PAUSE = 700;
const RETRY_FIRST = 2000;
const RETRY_LONGEST = 30000;
const PREFIX = "cityreview:";

class Draft {
  // What one person typed on one page and the server has not confirmed.
  constructor(person, path) {
    this.path = path;
    this.name = `${PREFIX}${person}:${path}`;
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.name)) || null;
    } catch {
      return null;
    }
  }

  write(draft) {
    try {
      localStorage.setItem(this.name, JSON.stringify(draft));
    } catch {
      // A full or forbidden store: the text is still in the form.
    }
  }

  clear() {
    localStorage.removeItem(this.name);
  }
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.fields = form.dataset.fields.split(" ");
    this.base = Number(form.elements.base.value);
    this.token = form.elements.csrf_token.value;
    this.line = form.querySelector("[data-state-line]");
    this.draft = new Draft(form.dataset.person, new URL(form.action).pathname);
    this.stored = this.values();
    this.sending = null;
    this.blocked = false;
    this.wait = RETRY_FIRST;
    this.timer = 0;
    this.listen();
    this.restore();
  }

  listen() {
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("submit", () => this.draft.clear());
    addEventListener("online", () => this.again());
    addEventListener("focus", () => this.again());
    document.addEventListener("visibilitychange", () => this.again());
  }

  // The fields as they stand in the form; a group of radios without a choice says "".
  values() {
    const data = new FormData(this.form);
    return Object.fromEntries(
      this.fields.filter((name) => this.form.elements[name]).map((name) => [name, data.get(name) ?? ""]),
    );
  }

  put(name, value) {
    const field = this.form.elements[name];
    if (field instanceof RadioNodeList) {
      for (const radio of field) radio.checked = radio.value === value;
    } else if (field) {
      field.value = value;
    }
  }

  pending() {
    const now = this.values();
    const changed = Object.entries(now).filter(([name, value]) => !same(value, this.stored[name]));
    return changed.length ? Object.fromEntries(changed) : null;
  }

  // Text from an earlier visit that never arrived comes first, under its own key.
  restore() {
    const draft = this.draft.read();
    if (!draft) return;
    for (const [name, value] of Object.entries({ ...draft.sending?.fields, ...draft.fields })) {
      this.put(name, value);
    }
    this.sending = draft.sending ?? null;
    if (!this.sending) this.base = draft.base;
    this.say("unsaved", this.line.dataset.unsaved);
    this.send();
  }

  keep() {
    const fields = this.pending();
    if (fields || this.sending) {
      this.draft.write({ base: this.base, fields: fields ?? {}, sending: this.sending });
    } else {
      this.draft.clear();
    }
  }

  changed() {
    this.blocked = false;
    this.keep();
    if (this.pending()) this.say("saving", this.line.dataset.changed);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), PAUSE);
  }

  again() {
    if (!this.blocked && (this.sending || this.pending())) this.send();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.again(), this.wait);
    this.wait = Math.min(this.wait * 2, RETRY_LONGEST);
  }

  async send() {
    if (this.busy) return;
    clearTimeout(this.timer);
    if (!this.sending) {
      const fields = this.pending();
      if (!fields) return;
      this.sending = { base: this.base, key: crypto.randomUUID(), fields };
    }
    this.keep();
    this.busy = true;
    this.say("saving", this.line.dataset.saving);
    let answer;
    try {
      answer = await fetch(this.form.action, {
        method: "PATCH",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.token },
        body: JSON.stringify(this.sending),
        keepalive: true,
      });
    } catch {
      answer = null;
    }
    this.busy = false;
    await this.take(answer);
  }

  async take(answer) {
    if (answer?.ok) return this.confirmed(await answer.json());
    const status = answer?.status ?? 0;
    const body = await answer?.json().catch(() => null);
    if (status === 401 || body?.reason === "csrf") return this.signedOut();
    if (status === 409 && body?.reason === "stale") return this.clash(body);
    if (status >= 400 && status < 500 && status !== 429) return this.refused(body);
    this.say("unsaved", this.line.dataset.unsaved);
    return this.later();
  }

  confirmed(body) {
    const sent = this.sending.fields;
    this.sending = null;
    this.base = body.number;
    this.form.elements.base.value = body.number;
    this.wait = RETRY_FIRST;
    // A colleague's change to another field, merged by the server, appears if nothing was
    // typed over it here meanwhile.
    for (const [name, value] of Object.entries(body.fields)) {
      const untouched = same(this.values()[name] ?? "", sent[name] ?? this.stored[name] ?? "");
      if (untouched && !same(this.values()[name] ?? "", value)) this.put(name, value);
      this.stored[name] = value;
    }
    this.keep();
    if (this.pending()) return this.send();
    this.say("saved", `${this.line.dataset.saved} ${body.saved_at}`);
    this.form.dispatchEvent(new CustomEvent("autosaved"));
    return undefined;
  }

  // A new sign-in in another tab has a new token: ask for the page again and read it there.
  // Text of one person is never sent in the name of another.
  async signedOut() {
    this.say("unsaved", this.line.dataset.signedOut);
    const page = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (page?.ok && !page.redirected) {
      const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
      const form = fresh.querySelector("form[data-autosave]");
      if (form?.dataset.person === this.form.dataset.person) {
        this.token = form.elements.csrf_token.value;
        this.form.elements.csrf_token.value = this.token;
      }
    }
    this.later();
  }

  refused(body) {
    this.blocked = true;
    this.sending = null;
    this.keep();
    this.say("unsaved", `${this.line.dataset.refused} ${body?.message ?? ""}`);
  }

  // The same field was changed by somebody else: show both, let the person choose.
  clash(body) {
    this.blocked = true;
    this.sending = null;
    this.keep();
    this.say("unsaved", this.line.dataset.clash);
    this.form.querySelector("[data-clash-dialogue]")?.remove();
    const template = document.getElementById("clash-template");
    const dialogue = template.content.firstElementChild.cloneNode(true);
    const mine = this.values();
    dialogue.querySelector("[data-theirs]").textContent = this.shown(body.theirs, body.fields);
    dialogue.querySelector("[data-mine]").textContent = this.shown(mine, body.fields);
    dialogue.querySelector("[data-keep-mine]").addEventListener("click", () => {
      this.settle(body, mine, dialogue);
    });
    dialogue.querySelector("[data-take-theirs]").addEventListener("click", () => {
      const chosen = { ...mine };
      for (const name of body.fields) chosen[name] = body.theirs[name];
      this.settle(body, chosen, dialogue);
    });
    this.line.after(dialogue);
    dialogue.focus();
  }

  settle(body, chosen, dialogue) {
    dialogue.remove();
    this.base = body.number;
    this.form.elements.base.value = body.number;
    this.stored = { ...this.stored, ...body.theirs };
    for (const [name, value] of Object.entries(chosen)) this.put(name, value);
    this.blocked = false;
    this.keep();
    if (this.pending()) this.send();
    else this.say("saved", this.line.dataset.saved);
  }

  // A mark is shown by the text of its row, not by its code.
  shown(content, fields) {
    return fields
      .map((name) => {
        const field = this.form.elements[name];
        if (!(field instanceof RadioNodeList)) return content[name];
        const row = [...field].find((radio) => radio.value === content[name]);
        return row ? row.labels[0].textContent.trim().replace(/\s+/g, " ") : "–";
      })
      .join("\n\n");
  }

  say(state, words) {
    this.line.className = `app-state-line app-state-line--${state}`;
    if (this.line.textContent !== words) this.line.textContent = words;
  }
}

// A browser sends line ends as it likes; the server keeps "\n".
function same(one, other) {
  return (one ?? "").replaceAll("\r\n", "\n").normalize("NFC") === (other ?? "").replaceAll("\r\n", "\n").normalize("NFC");
}

const forms = [...document.querySelectorAll("form[data-autosave]")].map((form) => new Autosave(form));
sendLeftovers();

// What was typed on another page and had not left when that page was closed is sent from here.
// What the server refuses stays, to be shown when its own page is opened again.
async function sendLeftovers() {
  const { person, token } = document.body.dataset;
  const prefix = `${PREFIX}${person}:`;
  const open = new Set(forms.map((form) => form.draft.name));
  const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix) && !open.has(name));
  for (const name of names) {
    const draft = new Draft(person, name.slice(prefix.length));
    const { base, fields, sending } = draft.read() ?? { base: 0, fields: {}, sending: null };
    const first = sending ?? { base, key: crypto.randomUUID(), fields };
    draft.write({ base, fields, sending: first });
    const stored = Object.keys(first.fields).length ? await patched(draft.path, first, token) : { number: base };
    if (!stored) continue;
    const rest = Object.entries(fields).filter(([field, text]) => !same(text, first.fields[field]));
    if (!rest.length) draft.clear();
    else {
      const second = { base: stored.number, key: crypto.randomUUID(), fields: Object.fromEntries(rest) };
      draft.write({ base: stored.number, fields: {}, sending: second });
      if (await patched(draft.path, second, token)) draft.clear();
    }
  }
}

async function patched(path, body, token) {
  try {
    const answer = await fetch(path, {
      method: "PATCH",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
      body: JSON.stringify(body),
      keepalive: true,
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
