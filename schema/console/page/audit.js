// SPDX-License-Identifier: Apache-2.0
/** Who did what, in the whole organization, and whether the record is whole. */
import { html } from './html.js';
import { useState } from './hooks.js';
import { Problem, get, withQuery } from './api.js';
import { change, query } from './routes.js';
import { Screen } from './screen.js';
import { Button, Empty, Failure, Shown, Sign } from './parts.js';
import { Containing } from './facets.js';
import { Entries } from './changes.js';
import { before, usePages } from './pages.js';
import { useFresh } from './events.js';
import { number } from './words.js';

const fields = /** @type {[string, string][]} */ ([
  ['actor', 'Actor'], ['action', 'Action'], ['object_type', 'Type'], ['object', 'Object'], ['control_plane_id', 'Control plane id'], ['request_id', 'Request id'],
]);

function Verify() {
  const [answer, setAnswer] = useState(/** @type {any} */ (null));
  const ask = async () => {
    try {
      setAnswer(await get('/v3/audit-logs/verification'));
    } catch (error) {
      setAnswer(error);
    }
  };
  return html`<${Button} onPress=${ask}>Verify<//>${answer && html`<div role="status">${answer instanceof Problem
    ? html`<${Failure} problem=${answer} />`
    : answer.intact
      ? html`<p class="good"><${Sign} kind="good" />The record is whole: ${number(answer.entries)} entries.${answer.expect && html` <span class="muted">To hold it to this later, keep <code>${answer.expect}</code></span>`}</p>`
      : html`<p class="bad"><${Sign} kind="bad" />The record is not whole: ${answer.problem}${answer.at_sequence ? ` at entry ${answer.at_sequence}` : ''}</p>`}</div>`}`;
}

export default function Audit() {
  const asked = Object.fromEntries(fields.map(([name]) => [`filter[${name}]`, query.value.get(name) ?? undefined]));
  const since = query.value.get('since') ?? '';
  const { first, rows, readMore, complete } = usePages(withQuery('/v3/audit-logs', {
    'page[size]': 50, ...asked, 'filter[at][gte]': since ? `${since}T00:00:00Z` : undefined }), before);
  useFresh(first.reload, ({ kind }) => kind === 'audit');
  const filtered = since || fields.some(([name]) => query.value.get(name));
  const none = Object.fromEntries([...fields.map(([name]) => [name, '']), ['since', '']]);
  return html`<${Screen} title="Audit" aside=${html`<${Verify} />`}>
    <div class="filters" role="search" aria-label="Audit">
      ${fields.map(([name, title]) => html`<${Containing} key=${name} name=${name} title=${title} />`)}
      <label class="field inline">Since <input type="date" value=${since} onChange=${(/** @type {any} */ event) => change({ since: event.target.value })} /></label>
      ${filtered && html`<button type="button" onClick=${() => change(none)}>Clear</button>`}
    </div>
    <${Shown} of=${first}>${() => rows.length === 0
      ? html`<${Empty}><p>${filtered ? 'No entry passes these filters.' : 'Nothing was done by anybody yet.'}</p><//>`
      : html`<${Entries} entries=${rows} />${!complete && html`<p class="more"><${Button} onPress=${readMore}>Older<//></p>`}`}<//>
  <//>`;
}
