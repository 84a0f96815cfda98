// SPDX-License-Identifier: Apache-2.0
/** What documents would change, before anything is written; then the write, and whether it arrives. */
import { html } from './html.js';
import { useRef, useState } from './hooks.js';
import { Problem, managerPath, send, withQuery } from './api.js';
import { useLoad } from './load.js';
import { controlPlanePath, go, query } from './routes.js';
import { Empty, Failure, Shown, Skeleton } from './parts.js';
import { Confirm } from './dialog.js';
import { done } from './announce.js';
import { count } from './words.js';
import { resourcePath } from './resource.js';
import { Effect, nameOf, summary } from './effect.js';
import { Arrival } from './arrival.js';

const yaml = { 'content-type': 'application/yaml' };
/** What a daemon adds to a resource is not part of what somebody wants. @param {any} resource */
function wanted({ creationTime, modificationTime, kri, status, ...rest }) {
  return `${JSON.stringify(rest, null, 2)}\n`;
}

/** Each fault, with the way to its line where one is told. @param {{problem: Problem, field: HTMLTextAreaElement|null}} properties */
function Faults({ problem, field }) {
  const show = (/** @type {number} */ line) => {
    const lines = field?.value.split('\n') ?? [];
    const begin = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    field?.focus();
    field?.setSelectionRange(begin, begin + (lines[line - 1]?.length ?? 0));
  };
  const lines = new Set([problem.detail, ...problem.fields.map((one) => one.field)].map((text) => Number(/line (\d+)/.exec(text)?.[1] ?? 0)).filter(Boolean));
  return html`<${Failure} problem=${problem} />
    ${lines.size > 0 && html`<p>Go to ${[...lines].map((line) => html`<button key=${line} type="button" class="small" onClick=${() => show(line)}>line ${line}</button> `)}</p>`}`;
}

/** Chooses a resource that is there. @param {{id: string, types: any[]}} properties */
function Choose({ id, types }) {
  const asked = query.value;
  const open = (/** @type {any} */ event) => {
    event.preventDefault();
    go(withQuery(`${controlPlanePath(id)}/preview`, /** @type {any} */ (Object.fromEntries(new FormData(event.target)))));
  };
  return html`<form class="filters" onSubmit=${open}>
    <label class="field inline">Type <select name="type">${types.map(({ name }) => html`<option key=${name} selected=${name === (asked.get('type') ?? 'MeshTimeout')}>${name}</option>`)}</select></label>
    <label class="field inline">Mesh <input name="mesh" value=${asked.get('mesh') ?? 'default'} /></label>
    <label class="field inline">Name <input name="name" required value=${asked.get('name') ?? ''} /></label>
    <button>Open</button></form>`;
}

/** @param {{id: string, text: string}} properties text: what it begins with */
function Documents({ id, text: initial }) {
  const [text, setText] = useState(initial);
  const [shown, setShown] = useState(/** @type {{text: string, preview?: any, problem?: Problem}|null} */ (null));
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [again, setAgain] = useState(false);
  const [revision, setRevision] = useState('');
  const field = useRef(/** @type {HTMLTextAreaElement|null} */ (null));
  const root = `${managerPath(id)}/ops`;

  const look = async () => {
    setBusy(true);
    setRevision('');
    try {
      const answer = await send('POST', `${root}/preview`, { body: text, headers: yaml });
      setShown({ text, preview: await answer.json() });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setShown({ text, problem: error });
    } finally {
      setBusy(false);
    }
  };
  const act = async () => {
    const { preview } = /** @type {any} */ (shown);
    setAgain(false);
    try {
      const answer = await send('POST', withQuery(`${root}/import`, { 'if-revision': preview.revision }), { body: text, headers: yaml });
      const { created, updated, deleted } = await answer.json();
      setRevision(answer.headers.get('skyden-revision') ?? '');
      setShown(null);
      done(`Wrote ${count(created + updated + deleted, 'resource')}.`, { href: `${controlPlanePath(id)}/changes`, link: 'The entries' });
    } catch (error) {
      // What it was about is another by now: the numbers are said anew before anything is written.
      if (!(error instanceof Problem) || error.status !== 409) throw error;
      setAgain(true);
      await look();
    }
  };
  const read = async (/** @type {File|undefined} */ file) => {
    if (file) setText(await file.text());
  };
  const drop = (/** @type {DragEvent} */ event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    read(event.dataTransfer.files[0]);
  };
  const fresh = shown?.text === text;
  const same = shown?.preview?.changes.every((/** @type {any} */ one) => one.outcome === 'unchanged');
  return html`<form onSubmit=${(/** @type {Event} */ event) => (event.preventDefault(), busy || !text.trim() || look())}>
      <label class="field">Documents, in Universal form <textarea ref=${field} rows="12" spellcheck=${false} value=${text} onDrop=${drop}
        aria-describedby="documents-help" onInput=${(/** @type {any} */ event) => setText(event.target.value)} /></label>
      <p class="muted" id="documents-help">YAML or JSON, as many as one likes. One that says <code>delete: true</code> beside its type, mesh and name deletes. Nothing is written yet.</p>
      <p class="filters"><button class="primary" aria-busy=${busy} disabled=${!text.trim()}>Preview</button>
        <label class="field inline">From a file <input type="file" accept=".yaml,.yml,.json" onChange=${(/** @type {any} */ event) => read(event.target.files[0])} /></label>
        ${shown?.preview && !same && html`<button type="button" disabled=${!fresh || busy} onClick=${() => setAsking(true)}>Write…</button>`}
        ${shown && !fresh && html`<span class="warning">The text has changed since this preview.</span>`}</p></form>
    ${busy && !shown && html`<${Skeleton} />`}
    ${again && html`<p class="banner warning" role="alert">Somebody wrote meanwhile, so nothing was written. This is what it would do now.</p>`}
    ${shown?.problem && html`<${Faults} problem=${shown.problem} field=${field.current} />`}
    ${shown?.preview && html`<${Effect} of=${shown.preview} />`}
    ${revision && html`<${Arrival} id=${id} revision=${revision} />`}
    ${!shown && !busy && !revision && html`<${Empty}><p>What proxies and zones would get, before anything is written: paste documents, open a file, or a resource that is there.</p><//>`}
    ${asking && shown?.preview && html`<${Confirm} title="Write it?" verb="Write" onClose=${() => setAsking(false)} onDo=${act}><p>${summary(shown.preview)}</p><//>`}`;
}

/** @param {{id: string}} properties */
export default function Preview({ id }) {
  const types = useLoad(`${managerPath(id)}/api/_resources`);
  const asked = query.value;
  const key = { type: asked.get('type') ?? '', mesh: asked.get('mesh') ?? '', name: asked.get('name') ?? '' };
  // Secrets are not shown.
  const all = (types.data?.resources ?? []).filter((/** @type {any} */ one) => !one.readOnly && !one.name.endsWith('Secret'));
  const path = types.data && key.type ? resourcePath(id, all, key) || null : null;
  const one = useLoad(path);
  const opens = Boolean(path) && one.data?.name === key.name;
  return html`<${Shown} of=${types} rows=${3}>${() => html`<${Choose} key=${JSON.stringify(key)} id=${id} types=${all} />
    ${key.type && !path && html`<p class="banner bad">There is no type named ${key.type} that is shown and written here.</p>`}
    ${path && html`<${Shown} of=${one} rows=${3}>${() => opens && html`<${Documents} key=${nameOf(key)} id=${id} text=${wanted(one.data)} />`}<//>`}
    ${!path && html`<${Documents} key="new" id=${id} text="" />`}`}<//>`;
}
