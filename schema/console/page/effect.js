// SPDX-License-Identifier: Apache-2.0
/** What a change would do, as a preview says it: figures first, then resources and proxies that it is about. */
import { html } from './html.js';
import { Detail } from './changes.js';
import { Empty, Panel, Sign } from './parts.js';
import { count, number } from './words.js';

/** @param {any} one */
export const nameOf = (one) => [one.type, one.mesh, one.name].filter(Boolean).join(' ');

const kinds = /** @type {Record<string, string>} */ ({ created: 'good', updated: 'warning', deleted: 'bad' });
/** A resource, what becomes of it, and where it is different. @param {{one: any, open?: boolean}} properties */
export const Changed = ({ one, open = true }) => html`<li><span class="status ${kinds[one.outcome] ?? 'unknown'}">${one.outcome}</span> <strong>${nameOf(one)}</strong>
  ${one.reason && html`<span class="muted"> ${one.reason}</span>`}${one.warnings?.map((/** @type {string} */ text) => html`<br />${text}`)}
  ${one.changes?.length > 0 && html`<details open=${open}><summary>${count(one.changes.length, 'place')}</summary><${Detail} detail=${one} /></details>`}</li>`;

/** "created 2, deleted 1". @param {any[]} changes */
function outcomes(changes) {
  const counts = /** @type {Record<string, number>} */ ({});
  for (const { outcome } of changes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return Object.entries(counts).map(([outcome, n]) => `${number(n)} ${outcome}`).join(', ') || 'none';
}

/** All that matters of a preview in one sentence, to be said again before it is written. @param {any} preview */
export function summary({ changes, changes_left_out: more, proxies, refusals, complete }) {
  const zones = refusals.length > 0 ? ` ${count(refusals.length, 'warning')} of zones that would refuse it.` : ' No zone would refuse it.';
  return `Resources: ${outcomes(changes)}${more ? ` and ${number(more)} more` : ''}. ${number(proxies.changed)} of ${
    count(proxies.total, 'proxy', 'proxies')} would change${complete ? '' : ', of those that were looked at'}.${zones}`;
}

const kPlaces = 5;
/** @param {{title: string, places: any[]}} properties */
const Places = ({ title, places }) => places.length > 0 && html`<div><dt>${title}</dt><dd>${places.slice(0, kPlaces).map((one) => `${one.name} ${number(one.proxies)}`).join(', ')}${
  places.length > kPlaces && ` and ${number(places.length - kPlaces)} more`}</dd></div>`;

const signs = /** @type {Record<string, string>} */ ({ '+': 'after', '-': 'before', '@': 'muted' });
/** Lines whose first character says what they are. @param {{text: string, label: string}} properties */
const Lines = ({ text, label }) => html`<pre class="lines" tabindex="0" aria-label=${label}>${text.trimEnd().split('\n').map((line) => html`<span class=${signs[line[0]]}>${`${line}\n`}</span>`)}</pre>`;

const kOpen = 3; // parts that are shown at once
/** Proxies that the same happens to. @param {{group: any, first: boolean}} properties */
const Group = ({ group, first }) => html`<li><strong>${count(group.proxies, group.type)} ${group.effect}</strong>
  <span class="muted"> ${group.first.map((/** @type {any} */ one) => `${one.mesh}/${one.name}`).join(', ')}${group.proxies > group.first.length && ' and more'}</span>
  <dl class="facts"><${Places} title="Meshes" places=${group.meshes} /><${Places} title="Zones" places=${group.zones} /><${Places} title="Services" places=${group.services} /></dl>
  ${group.parts.map((/** @type {any} */ part, /** @type {number} */ i) => {
    const name = [part.name, part.member].filter(Boolean).join(' ');
    return html`<details key=${name} open=${first && i < kOpen}><summary>${name}</summary><${Lines} text=${part.diff} label=${name} /></details>`;
  })}</li>`;

/** @param {{title: string, kind?: string, all: any[], show: (one: any) => any}} properties */
const List = ({ title, kind = 'unknown', all, show }) => all.length > 0 && html`<${Panel} title=${title}><ul class="plainlist">${
  all.map((one) => html`<li><${Sign} kind=${kind} />${show(one)}</li>`)}</ul><//>`;
/** @param {any} one */
const use = (one) => `${nameOf(one)} (${count(one.proxies, 'proxy', 'proxies')})`;
/** @param {any} one */
const host = (one) => `${one.hostname} of ${nameOf(one.service)}${one.zone && ` in ${one.zone}`}`;

/** @param {{of: any}} properties of: an answer of /ops/preview */
export function Effect({ of }) {
  const { proxies } = of;
  const text = (/** @type {string} */ one) => one;
  return html`<p class="banner ${of.refusals.length > 0 ? 'bad' : 'good'}" role="status">${summary(of)}</p>
    ${!of.complete && html`<p class="banner warning"><${Sign} kind="warning" />Not all was looked at: ${of.stopped}.</p>`}
    <${List} title="Zones that would refuse" kind="bad" all=${of.refusals} show=${text} />
    <${List} title="Warnings" kind="warning" all=${of.warnings} show=${text} />
    <${Panel} title="Resources">${of.changes.length === 0 ? html`<${Empty}><p>None would be different.</p><//>`
      : html`<ul class="plainlist">${of.changes.map((/** @type {any} */ one) => html`<${Changed} key=${nameOf(one)} one=${one} />`)}</ul>`}
      ${of.changes_left_out > 0 && html`<p class="line">and ${number(of.changes_left_out)} more</p>`}<//>
    <${List} title="Policies that begin to have effect" kind="good" all=${of.policies_begin} show=${use} />
    <${List} title="Policies that have no effect any more" kind="warning" all=${of.policies_stop} show=${use} />
    <${Panel} title="Proxies"><dl class="facts line"><div><dt>Would change</dt><dd>${number(proxies.changed)} of ${number(proxies.total)}, ${number(proxies.looked_at)} looked at</dd></div>
        <${Places} title="Meshes" places=${proxies.meshes} /><${Places} title="Zones" places=${proxies.zones} /><${Places} title="Services" places=${proxies.services} /></dl>
      <ul class="plainlist">${of.groups.map((/** @type {any} */ group, /** @type {number} */ i) => html`<${Group} key=${i} group=${group} first=${i === 0} />`)}</ul>
      ${of.groups_left_out > 0 && html`<p class="line">and ${count(of.groups_left_out, 'more group')}</p>`}<//>
    <${List} title="Services" all=${of.services} show=${(/** @type {any} */ one) => `${nameOf(one)} ${one.effect}`} />
    <${List} title="Hostnames that come" kind="good" all=${of.hostnames_come} show=${host} />
    <${List} title="Hostnames that go" kind="warning" all=${of.hostnames_go} show=${host} />`;
}
