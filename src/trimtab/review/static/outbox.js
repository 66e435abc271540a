// What was said and is not known to be safe yet. An entry is on this device's disk before the next card is shown, goes
// out in order, and is deleted when the server has acknowledged it. Entries are sent again as they are: their key makes
// two sendings one judgement.

const PAUSES = [500, 1000, 2000, 4000, 8000];
const PATIENCE = 10000;

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export class Outbox {
  /** `send(entry)` resolves to a Response; `told(state)` is called whenever something changes. */
  static async open(who, send, told) {
    const request = indexedDB.open("trimtab-review", 1);
    request.onupgradeneeded = () => {
      for (const name of ["waiting", "refused"]) request.result.createObjectStore(name, { autoIncrement: true });
    };
    const outbox = new Outbox(await done(request), who, send, told);
    addEventListener("online", () => outbox.flush());
    await outbox.flush();
    return outbox;
  }

  constructor(base, who, send, told) {
    Object.assign(this, { base, who, send, told, failures: 0, sending: null, added: false, timer: 0, stopped: "" });
  }

  /** Keeps an entry on the disk; resolves when it is there, and told of. */
  async add(entry) {
    await this.#write("waiting", (store) => store.add({ ...entry, who: this.who }));
    this.added = true;
    this.failures = 0;
    await this.#tell();
    this.flush();
  }

  /** The assignments with entries that are not acknowledged. */
  async assignments() {
    return (await this.#all("waiting")).map(([, entry]) => entry.assignment);
  }

  /** Sends what waits, in order, until something is in the way. */
  flush() {
    clearTimeout(this.timer);
    this.sending ??= this.#sendAll().finally(() => (this.sending = null));
    return this.sending;
  }

  async #sendAll() {
    for (;;) {
      this.added = false;
      const waiting = await this.#tell();
      if (waiting.length === 0) {
        if (this.added) continue; // it came after the look
        return;
      }
      const [place, entry] = waiting[0];
      const answer = await this.#try(entry);
      if (answer === null || answer.status >= 500 || answer.status === 429) {
        this.#later();
        return;
      }
      if (answer.status === 401 || answer.status === 403) {
        this.stopped = answer.status === 401 ? "login" : "reload";
        await this.#tell();
        return;
      }
      this.failures = 0;
      this.stopped = "";
      if (!answer.ok) {
        const why = (await answer.json().catch(() => ({}))).detail ?? `status ${answer.status}`;
        await this.#write("refused", (store) => store.add({ ...entry, refusal: why }));
      }
      await this.#write("waiting", (store) => store.delete(place));
    }
  }

  /** Tells what waits; returns it. */
  async #tell() {
    const refused = (await this.#all("refused")).map(([, entry]) => entry);
    const waiting = await this.#all("waiting");
    this.told({ waiting: waiting.length, refused, stopped: this.stopped });
    return waiting;
  }

  async #try(entry) {
    const { who, ...body } = entry;
    try {
      return await this.send(body, AbortSignal.timeout(PATIENCE));
    } catch {
      return null;
    }
  }

  #later() {
    const pause = PAUSES[Math.min(this.failures++, PAUSES.length - 1)];
    this.timer = setTimeout(() => this.flush(), pause);
  }

  async #all(name) {
    const store = this.base.transaction(name).objectStore(name);
    const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
    return keys.map((key, place) => [key, values[place]]).filter(([, entry]) => entry.who === this.who);
  }

  #write(name, change) {
    return new Promise((resolve, reject) => {
      const transaction = this.base.transaction(name, "readwrite", { durability: "strict" });
      change(transaction.objectStore(name));
      transaction.oncomplete = () => resolve();
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }
}
