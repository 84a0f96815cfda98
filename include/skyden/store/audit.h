// SPDX-License-Identifier: Apache-2.0
// The audit: what was done, by whom, from where, written in the transaction of what it tells of.
// Each control plane has a chain of entries, and each organization one for what is about itself.
// (The organization's own begins with entries about control planes, from when it had no other
// chain.)
//
// An entry has one form as text, AuditDocument, and its hash is
//   SHA-256(hash of the entry before it in its chain | AuditDocument(entry))
// with 32 zero bytes before the first. Anybody who has the documents can check the chains.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "skyden/base/limits.h"
#include "skyden/model/ids.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::store {

using AuditDigest = std::array<uint8_t, 32>;

// What a service says of its change. Who and from where comes from the transaction's scope.
struct AuditNote {
  absl::Time at;            // never earlier than the entry before: clocks may jump, chains do not
  std::string action;       // "resource.update": what kind of thing, and what was done to it
  std::string object_type;  // "MeshTimeout", "ControlPlane", "Token"
  std::string object_name;  // for people: "default/my-timeout", an id
  std::string detail;       // a JSON object's text without secrets; empty for none
};

struct AuditEntry {
  uint64_t sequence = 0;     // from 1, without gaps, in its chain
  model::TenantKey chain{};  // the control plane's whose chain it is in; 0: the organization's
  uint64_t place = 0;        // among all entries of its organization: greater than the one before
  model::TenantKey tenant{};
  model::ControlPlaneId control_plane;  // empty: about the organization itself
  model::Principal::Kind actor_kind = model::Principal::Kind::kSystem;
  std::string actor_id;
  std::string actor_name;
  model::Origin origin;
  AuditNote note;
  AuditDigest hash{};
};

// A chain to which a commit added.
struct AuditGrowth {
  model::OrganizationKey organization{};
  model::TenantKey chain{};
  uint64_t last = 0;  // the number of its last entry
};

// "user", "system_account", ...
std::string_view ActorKindName(model::Principal::Kind kind);

// One line of JSON with everything that an entry tells but its hash.
std::string AuditDocument(const AuditEntry& entry);
AuditDigest AuditHash(const AuditDigest& previous, std::string_view document);
// The document with its hash as the last member: a line of an export.
std::string AuditLine(const AuditEntry& entry);

// Which entries, and from where on. Filters must all be met.
struct AuditQuery {
  enum class Order { kNewestFirst, kOldestFirst } order = Order::kNewestFirst;
  // Only of sign-ins (kActionOfSignIns), or only of everything else.
  enum class About { kAnything, kSignIns, kChanges } about = About::kAnything;
  // Only entries of one chain (AuditEntry::chain), whatever `control_plane` says; nullopt: of all,
  // merged as they were written.
  std::optional<model::TenantKey> chain;
  // Only entries beyond this one, in the order asked for; nullopt: from the first. Given by its
  // place, or with `chain` by its number there.
  std::optional<uint64_t> beyond;
  size_t limit = 100;
  size_t bytes_max = base::limits::kPageBytes;  // then a page ends; it has an entry at least
  // Only this control plane's; in a control plane's scope that is implied.
  model::ControlPlaneId control_plane;
  std::optional<absl::Time> from;  // inclusive
  std::optional<absl::Time> to;    // inclusive
  std::string action;              // "resource.update", or "resource" for all of a kind
  std::string actor;               // id or name
  std::string object_type;
  std::string object_name;
  std::string request_id;
};

struct AuditPage {
  std::vector<AuditEntry> entries;
  // Where to go on (`beyond`); nullopt when there is nothing more. A page may be short, or empty,
  // and still not be the last: how far one call looks is bounded.
  std::optional<uint64_t> next;
};

// A chain that an organization has.
struct AuditChainRef {
  model::TenantKey chain{};             // 0: its own
  model::ControlPlaneId control_plane;  // empty: its own, or nothing is left that says it
};

// A remembered entry of a chain. Names: kAuditEnd, kAuditBegin, kAuditChains, or a reader's.
struct AuditMark {
  std::string name;
  uint64_t sequence = 0;  // of kAuditChains: how many
  AuditDigest hash{};
  bool genuine = false;  // written by a daemon that had the sealing key
};
inline constexpr char kAuditEnd[] = "end";      // the last entry
inline constexpr char kAuditBegin[] = "begin";  // the last entry that retention removed
// In the organization's own chain: how many control planes ever had entries. A chain that was taken
// away with its marks is missed by it.
inline constexpr char kAuditChains[] = "chains";

// What actions about who comes in begin with.
inline constexpr char kActionOfSignIns[] = "authentication";

// Actions that the store itself writes.
inline constexpr char kActionUnnamed[] = "change.unnamed";  // a change whose service said nothing
inline constexpr char kActionBroken[] = "audit.broken";     // the chain did not end where it did
inline constexpr char kActionPrune[] = "audit.prune";       // retention removed older entries

}  // namespace skyden::store
