// SPDX-License-Identifier: Apache-2.0
/** Changes that are released zone by zone: how far each is, and stopping it, going on, or taking it back. */
import { html } from './html.js';
import { useState } from './hooks.js';
import { managerPath, send } from './api.js';
import { useLoad } from './load.js';
import { useFresh } from './events.js';
import { controlPlanePath, zonePath } from './routes.js';
import { Empty, Panel, Shown, Sign } from './parts.js';
import { Confirm } from './dialog.js';
import { done } from './announce.js';
import { Time, count, number } from './words.js';
import { nameOf } from './effect.js';
import { standings } from './arrival.js';

const kShown = 20;

/** @type {Record<string, string>} */
const signs = { running: 'good', paused: 'warning', ready: 'good', finished: 'good', taken_back: 'bad' };
/** What can be done to it, and what that means. @type {Record<string, [string, string]>} */
const acts = {
  pause: ['Pause', 'It stays with the waves that are released.'],
  resume: ['Resume', 'It goes on with the next wave.'],
  finish: ['Finish', 'The resources are written, for all zones, whichever waves were released.'],
  abort: ['Abort', 'It is taken back: all zones are told what is stored.'],
};
/** @type {Record<string, string[]>} */
const open = { running: ['pause', 'finish', 'abort'], paused: ['resume', 'finish', 'abort'], ready: ['finish', 'abort'] };

/** One wave, and what of it each zone has. @param {{id: string, one: any, at: number, zones?: any[]}} properties at: from 0 */
function Wave({ id, one, at, zones }) {
  const names = one.waves[at];
  const released = at < one.wave;
  return html`<li><strong>Wave ${at + 1}</strong> ${released ? 'is released' : at === one.wave ? 'is next' : 'waits'}: ${names.slice(0, kShown).map((/** @type {string} */ name) => {
    const { standing } = zones?.find((zone) => zone.name === name) ?? {};
    return html`<a key=${name} href=${zonePath(id, name)}>${name}</a>${released && standing ? html` <span class="muted">${standing === 'arrived' ? 'has it' : standings[standing] ?? standing}</span> ` : ' '}`;
  })}${names.length > kShown && `and ${number(names.length - kShown)} more`}</li>`;
}

/** @param {{id: string, one: any, onChange: () => void}} properties */
function Rollout({ id, one, onChange }) {
  const [asking, setAsking] = useState('');
  const root = `${managerPath(id)}/ops/rollouts/${encodeURIComponent(one.id)}`;
  const can = open[one.state] ?? [];
  const zones = useLoad(can.length > 0 ? root : null);
  useFresh(zones.reload, concerns(id));
  const title = `Rollout in ${one.mesh}, ${one.id.slice(0, 8)}`;
  const act = async () => {
    await send('POST', `${root}/${asking}`);
    done(`${acts[asking][0]}: ${title}.`, { href: `${controlPlanePath(id)}/changes`, link: 'The entry' });
    onChange();
    zones.reload();
  };
  const [verb, means] = acts[asking] ?? [];
  return html`<${Panel} title=${title} aside=${html`<span class="aside">${can.map((name) => html`<button key=${name} type="button" class="small"
      aria-label=${`${acts[name][0]}… ${title}`} onClick=${() => setAsking(name)}>${acts[name][0]}…</button>`)}</span>`}>
    <p class="line"><${Sign} kind=${signs[one.state] ?? 'unknown'} /><strong>${one.state.replace('_', ' ')}</strong>${one.reason && `: ${one.reason}`}
      <span class="muted"> ${number(one.wave)} of ${count(one.waves.length, 'wave')} released; begun <${Time} at=${one.created_at} />${one.by && ` by ${one.by}`}, changed <${Time} at=${one.changed_at} /></span></p>
    <p class="line">${one.resources.slice(0, kShown).map((/** @type {any} */ resource) => `${resource.action} ${nameOf(resource)}`).join('; ')}
      ${one.resources.length > kShown && ` and ${number(one.resources.length - kShown)} more`}</p>
    ${can.length > 0 && html`<ul class="plainlist">${one.waves.map((/** @type {any} */ _, /** @type {number} */ at) => html`<${Wave} key=${at} id=${id} one=${one} at=${at} zones=${zones.data?.zones} />`)}</ul>
      <${Shown} of=${zones} rows=${1}>${() => null}<//>`}
    ${verb && html`<${Confirm} title=${`${verb} it?`} verb=${verb} onClose=${() => setAsking('')} onDo=${act}><p>${means}</p><//>`}<//>`;
}

/** @param {string} id @returns {(one: any) => boolean} */
const concerns = (id) => ({ kind, data }) => (kind === 'audit' && data.control_plane_id === id) || (kind === 'zone' && data.control_plane?.id === id);

/** @param {{id: string}} properties */
export default function Rollouts({ id }) {
  const all = useLoad(`${managerPath(id)}/ops/rollouts`);
  useFresh(all.reload, concerns(id));
  return html`<${Shown} of=${all}>${(/** @type {any} */ { data }) => (data.length === 0
    ? html`<${Empty}><p>Nothing was released zone by zone. <code>skyden rollout start</code> begins that.</p><//>`
    : data.map((/** @type {any} */ one) => html`<${Rollout} key=${one.id} id=${id} one=${one} onChange=${all.reload} />`))}<//>`;
}
