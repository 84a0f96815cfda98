// SPDX-License-Identifier: Apache-2.0
/** Takes resources back to a revision: what would change first, and what that means for proxies. */
import { html } from './html.js';
import { useEffect, useState } from './hooks.js';
import { Problem, get, managerPath, send, withQuery, write } from './api.js';
import { controlPlanePath } from './routes.js';
import { Button, Empty, Failure, Skeleton } from './parts.js';
import { Dialog } from './dialog.js';
import { done } from './announce.js';
import { count } from './words.js';
import { readTypes, resourcePath } from './resource.js';
import { Changed, Effect, nameOf } from './effect.js';
import { Arrival } from './arrival.js';

const kRead = 50; // resources whose effect on proxies is worked out

/**
 * What the restore would write, as documents that a preview takes; secrets that the caller may not read are not among them.
 * @param {string} id @param {number} revision @param {any[]} lines of its dry run
 */
async function documentsOf(id, revision, lines) {
  const types = await readTypes(id);
  return Promise.all(lines.map(async (one) => {
    const { type, mesh, name, outcome } = one;
    if (outcome === 'deleted') return { type, ...(mesh && { mesh }), name, delete: true };
    return get(resourcePath(id, types, one, revision));
  }));
}

/** @param {string} id @param {any} body of a restore */
async function look(id, body) {
  // First, so that whatever is written from here on makes the restore ask again.
  const { newest } = await get(`${managerPath(id)}/ops/propagation?show=open`);
  const result = await write('POST', `${managerPath(id)}/ops/restore?dry_run=true`, body);
  const lines = result.resources.filter((/** @type {any} */ one) => one.outcome !== 'skipped');
  if (lines.length === 0 || lines.length > kRead) return { newest, result };
  try {
    return { newest, result, preview: await write('POST', `${managerPath(id)}/ops/preview`, await documentsOf(id, body.revision, lines)) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { newest, result, unknown: error.detail };
  }
}

/** @param {{id: string, entry: any, onClose: () => void}} properties entry: of the history */
export default function Restore({ id, entry, onClose }) {
  const { type, mesh, name } = entry;
  const scopes = [
    { title: `Only ${nameOf(entry)}`, of: { type, mesh, name } },
    ...(mesh || type === 'Mesh' ? [{ title: `All of mesh ${mesh ?? name}`, of: { mesh: mesh ?? name } }] : []),
    { title: 'Everything that people write', of: {} },
  ];
  const moments = [
    { title: `Before it: ${entry.revision - 1}`, revision: entry.revision - 1 },
    { title: `After it: ${entry.revision}`, revision: entry.revision },
  ];
  const [scope, setScope] = useState(0);
  const [moment, setMoment] = useState(0);
  const [times, setTimes] = useState(0);
  const [found, setFound] = useState(/** @type {any} */ (null));
  const [revision, setRevision] = useState('');
  const body = { revision: moments[moment].revision, ...scopes[scope].of };
  useEffect(() => {
    let wanted = true;
    setFound(null);
    look(id, body).then((all) => wanted && setFound(all), (error) => wanted && setFound({ problem: error }));
    return () => void (wanted = false);
  }, [scope, moment, times]);
  const act = async () => {
    try {
      const answer = await send('POST', withQuery(`${managerPath(id)}/ops/restore`, { 'if-revision': found.newest }), { body });
      const { created, updated, deleted } = await answer.json();
      setRevision(answer.headers.get('skyden-revision') ?? '');
      done(`Took ${count(created + updated + deleted, 'resource')} back to revision ${body.revision}.`, { href: `${controlPlanePath(id)}/changes`, link: 'The entries' });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setFound({ ...found, refused: error });
    }
  };
  const choice = (/** @type {string} */ title, /** @type {any[]} */ all, /** @type {number} */ chosen, /** @type {(i: number) => void} */ set) => html`<fieldset class="choice"><legend>${title}</legend>${
    all.map((one, i) => html`<label key=${one.title} class="check"><input type="radio" name=${title} checked=${i === chosen} onChange=${() => set(i)} /> ${one.title}</label>`)}</fieldset>`;
  const lines = found?.result?.resources ?? [];
  if (revision) {
    return html`<${Dialog} title="Restored" onClose=${onClose} wide><${Arrival} id=${id} revision=${revision} />
      <footer><button type="button" onClick=${onClose}>Done</button></footer><//>`;
  }
  return html`<${Dialog} title="Restore" onClose=${onClose} wide>
    ${choice('What', scopes, scope, setScope)}${choice('As it was', moments, moment, setMoment)}
    ${!found && html`<${Skeleton} rows=${3} />`}
    ${found?.problem && html`<${Failure} problem=${found.problem} again=${() => setTimes(times + 1)} />`}
    ${found?.result && lines.length === 0 && html`<${Empty}><p>It is like that already: nothing would change.</p><//>`}
    ${found?.preview ? html`<${Effect} of=${found.preview} />` : lines.length > 0 && html`<p class="muted">What it means for proxies is not shown: ${found.unknown || `more than ${kRead} resources would change`}.</p>
      <ul class="plainlist">${lines.map((/** @type {any} */ one) => html`<${Changed} key=${nameOf(one)} one=${one} open=${lines.length <= kRead} />`)}</ul>`}
    ${found?.refused && html`<${Failure} problem=${found.refused} again=${() => setTimes(times + 1)} />`}
    <footer><button type="button" onClick=${onClose}>Cancel</button>
      <${Button} kind="danger" disabled=${lines.length === 0 || Boolean(found?.refused)} onPress=${act}>Restore<//></footer><//>`;
}
