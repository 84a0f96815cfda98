// SPDX-License-Identifier: Apache-2.0
// The rules of a chain, entry by entry, and of what chains an organization has.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "skyden/audit/audit_service.h"
#include "skyden/store/audit.h"

namespace skyden::audit {

// Keys of control planes are not covered by hashes, since they are never shown; they must go with
// the ids, in all chains of an organization.
struct KnownControlPlanes {
  absl::flat_hash_map<std::string, model::TenantKey> key_of;
  absl::flat_hash_map<model::TenantKey, std::string> id_of;

  bool Fits(const store::AuditEntry& entry);
};

// What is wrong with the chains that there are, given the marks of the organization's own; empty
// when nothing is.
std::string CheckChains(const std::vector<store::AuditChainRef>& chains,
                        const std::vector<store::AuditMark>& own_marks);

// Give it the marks, then every entry in order, then ask. Thread-compatible. `known` outlives it.
class ChainCheck {
 public:
  ChainCheck(model::TenantKey chain, const std::vector<store::AuditMark>& marks,
             KnownControlPlanes& known);
  // False once something is wrong or the end was reached: no need to go on.
  bool Add(const store::AuditEntry& entry);
  // After the last entry that there is.
  Verification Finish();

 private:
  bool Fail(uint64_t sequence, std::string problem);
  void CheckMark(const store::AuditMark& mark);

  const model::TenantKey chain_;
  KnownControlPlanes& known_;
  Verification found_;
  store::AuditDigest previous_{};
  uint64_t next_ = 1;
  std::optional<store::AuditMark> end_;
  bool reached_end_ = false;
};

}  // namespace skyden::audit
