// SPDX-License-Identifier: Apache-2.0
/** Whether what was written has come to the zones: asked until it has, or cannot, or it was asked often enough. */
import { html } from './html.js';
import { useEffect, useState } from './hooks.js';
import { Problem, get, managerPath, withQuery } from './api.js';
import { zonePath } from './routes.js';
import { Failure, Panel, Sign } from './parts.js';
import { announce } from './announce.js';
import { count, number } from './words.js';

const kTimes = 60;
const kWait = '2s'; // how long the daemon waits before it answers; at most two minutes in all
const kShown = 20;

/** What keeps a zone. @param {any} zone */
const why = (zone) => [...(zone.refused ?? []).map((/** @type {any} */ one) => `${[one.type, one.mesh, one.name].filter(Boolean).join(' ')}: ${one.reason}`),
  ...(zone.refused?.length ? [] : (zone.types ?? []).map((/** @type {any} */ one) => `${one.type} ${one.stage}`))].join('; ');

/** Of a zone that does not have it. */
export const standings = /** @type {Record<string, string>} */ ({ behind: 'not yet', refused: 'refused it', withheld: 'too large for it', offline: 'offline', never: 'never connected' });

/** @param {{id: string, revision: string}} properties revision: what Skyden-Revision said of the write */
export function Arrival({ id, revision }) {
  const [state, setState] = useState(/** @type {{now?: any, away?: any, problem?: any, over?: boolean}} */ ({}));
  const [times, setTimes] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    const ask = (/** @type {any} */ more) => get(withQuery(`${managerPath(id)}/ops/propagation`, { revision, show: 'open', ...more }), { signal: abort.signal });
    const follow = async () => {
      let now = await ask({});
      const began = now.asked_at;
      for (let i = 0; now.outcome === 'waiting' && i < kTimes; ++i) {
        setState({ now });
        now = await ask({ wait: kWait, seen_since: began });
      }
      // Those that are away get it when they come.
      const away = (await ask({ zones: 'all' })).counts;
      setState({ now, away, over: true });
      announce(now.outcome === 'arrived' ? 'It has arrived.' : `It has not arrived everywhere: ${now.outcome}.`);
    };
    follow().catch((error) => abort.signal.aborted || setState({ problem: error instanceof Problem ? error : new Problem(0, String(error)), over: true }));
    return () => abort.abort();
  }, [revision, times]);
  const { now, away, problem, over } = state;
  if (problem) return html`<${Failure} problem=${problem} again=${() => setTimes(times + 1)} />`;
  if (!now) return null;
  const { arrived } = now.counts;
  const all = Object.values(now.counts).reduce((sum, n) => sum + n, 0);
  const missing = (away?.offline ?? 0) + (away?.never ?? 0);
  const sign = now.outcome === 'arrived' ? 'good' : now.outcome === 'refused' ? 'bad' : 'warning';
  return html`<${Panel} title="On its way" aside=${over && html`<button type="button" class="small" onClick=${() => setTimes(times + 1)}>Look again</button>`}>
    <p class="line" role="status"><${Sign} kind=${sign} />${all === 0 ? 'No zone is connected.' : `${number(arrived)} of ${count(all, 'connected zone')} ${all === 1 ? 'has' : 'have'} taken it.`}
      ${missing > 0 && ` ${count(missing, 'zone')} that ${missing === 1 ? 'is' : 'are'} away will get it on coming.`}</p>
    <ul class="plainlist">${now.zones.slice(0, kShown).map((/** @type {any} */ zone) => html`<li key=${zone.name}><a href=${zonePath(id, zone.name)}>${zone.name}</a>
      ${` ${standings[zone.standing] ?? zone.standing}`}<span class="muted"> ${why(zone)}</span></li>`)}</ul>
    ${now.zones.length > kShown && html`<p class="line">and ${number(now.zones.length - kShown)} more</p>`}<//>`;
}
