// SPDX-License-Identifier: Apache-2.0
#include "store/postgres/journal_text.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "skyden/telemetry/log.h"

namespace skyden::store::postgres {
namespace {

using nlohmann::json;

constexpr size_t kChangesMax = 4096;
constexpr size_t kNamedMax = 65'536;  // types, accounts, tokens

constexpr char kChangesMember[] = "changes";
constexpr char kAudit[] = "audit";
constexpr char kAsks[] = "asks";
constexpr char kOrganization[] = "organization";
constexpr char kTenant[] = "tenant";
constexpr char kTypes[] = "types";
constexpr char kRevision[] = "revision";
constexpr char kSelfMember[] = "self";
constexpr char kKeys[] = "keys";
constexpr char kRollouts[] = "rollouts";
constexpr char kAccounts[] = "accounts";
constexpr char kTokens[] = "tokens";
constexpr char kEveryType[] = "every_type";
constexpr char kEverything[] = "all";
constexpr char kLast[] = "last";

size_t Named(const Change& change) {
  return change.types.size() + change.accounts.size() + change.tokens.size();
}

json ToJson(const Change& change, const model::TypeRegistry& registry) {
  // Does not compile when a change gets another member: others have to hear of that, too.
  [[maybe_unused]] const auto& [organization, tenant, types, revision, self, keys_promised,
                                rollouts, accounts, tokens, all] = change;
  json out{{kOrganization, static_cast<int64_t>(change.organization)}};
  if (change.tenant != model::TenantKey{}) out[kTenant] = static_cast<int64_t>(change.tenant);
  if (change.revision != 0) out[kRevision] = change.revision;
  if (change.self != Change::Self::kSame) out[kSelfMember] = static_cast<int>(change.self);
  if (change.keys_promised) out[kKeys] = true;
  if (change.rollouts) out[kRollouts] = true;
  if (change.all) out[kEverything] = true;
  if (change.types.size() == registry.size()) {
    out[kEveryType] = true;
  } else {
    for (const model::TypeId type : change.types) out[kTypes].push_back(registry.at(type).name);
  }
  for (const model::AccountId& account : change.accounts) out[kAccounts].push_back(account.str());
  for (const model::TokenId& token : change.tokens) out[kTokens].push_back(token.str());
  return out;
}

Change ToChange(const json& in, const model::TypeRegistry& registry) {
  Change change;
  change.organization = model::OrganizationKey{in.at(kOrganization).get<int64_t>()};
  change.tenant = model::TenantKey{in.value(kTenant, int64_t{0})};
  change.revision = in.value(kRevision, model::Revision{0});
  change.keys_promised = in.value(kKeys, false);
  change.rollouts = in.value(kRollouts, false);
  change.all = in.value(kEverything, false);
  const int self = in.value(kSelfMember, 0);
  if (self >= 0 && self <= static_cast<int>(Change::Self::kGone)) {
    change.self = static_cast<Change::Self>(self);
  } else {
    change.all = true;
  }
  for (const std::string& name : in.value(kTypes, std::vector<std::string>())) {
    const model::TypeDescriptor* const type = registry.FindByName(name);
    // One that this version does not know concerns nothing that it remembers.
    if (type != nullptr) change.types.push_back(type->id);
  }
  if (in.value(kEveryType, false)) {
    for (const model::TypeDescriptor& type : registry.all()) change.types.push_back(type.id);
  }
  // A revision without a type would be of any.
  if (in.contains(kTypes) && change.types.empty()) change.revision = 0;
  for (std::string& id : in.value(kAccounts, std::vector<std::string>())) {
    change.accounts.emplace_back(std::move(id));
  }
  for (std::string& id : in.value(kTokens, std::vector<std::string>())) {
    change.tokens.emplace_back(std::move(id));
  }
  change.Sort();
  return change;
}

}  // namespace

std::string JournalText(const JournalEntry& entry, const model::TypeRegistry& registry) {
  json out = json::object();
  size_t named = 0;
  for (const Change& change : entry.changes) named += Named(change);
  if (entry.changes.size() > kChangesMax || named > kNamedMax) {
    out[kChangesMember].push_back(ToJson({.all = true}, registry));
  } else {
    for (const Change& change : entry.changes)
      out[kChangesMember].push_back(ToJson(change, registry));
  }
  for (const AuditGrowth& grown : entry.audit) {
    out[kAudit].push_back({{kOrganization, static_cast<int64_t>(grown.organization)},
                           {kTenant, static_cast<int64_t>(grown.chain)},
                           {kLast, grown.last}});
  }
  if (entry.asks) out[kAsks] = true;
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

JournalEntry ParseJournalText(std::string_view text, const model::TypeRegistry& registry) {
  JournalEntry entry;
  if (text.empty()) return entry;  // rows that nobody sees were removed
  try {
    const json in = json::parse(text);
    entry.asks = in.value(kAsks, false);
    for (const json& change : in.value(kChangesMember, json::array())) {
      entry.changes.push_back(ToChange(change, registry));
    }
    for (const json& grown : in.value(kAudit, json::array())) {
      entry.audit.push_back({model::OrganizationKey{grown.at(kOrganization).get<int64_t>()},
                             model::TenantKey{grown.at(kTenant).get<int64_t>()},
                             grown.at(kLast).get<uint64_t>()});
    }
    return entry;
  } catch (const json::exception&) {
    telemetry::Log(telemetry::Level::warning, "a row of the journal is not understood", {});
  }
  return {.changes = {Change{.all = true}}, .asks = true};
}

}  // namespace skyden::store::postgres
