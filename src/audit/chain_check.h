// SPDX-License-Identifier: Apache-2.0
// The rules of a chain, entry by entry.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "skyden/audit/audit_service.h"
#include "skyden/store/audit.h"

namespace skyden::audit {

// Give it the marks, then every entry in order, then ask. Thread-compatible.
class ChainCheck {
 public:
  explicit ChainCheck(const std::vector<store::AuditMark>& marks);
  // False once something is wrong or the end was reached: no need to go on.
  bool Add(const store::AuditEntry& entry);
  // After the last entry that there is.
  Verification Finish();

 private:
  bool Fail(uint64_t sequence, std::string problem);
  void CheckMark(const store::AuditMark& mark);

  Verification found_;
  store::AuditDigest previous_{};
  uint64_t next_ = 1;
  std::optional<store::AuditMark> end_;
  bool reached_end_ = false;
  // Keys are not covered by hashes, since they are never shown; they must go with the ids.
  absl::flat_hash_map<std::string, model::TenantKey> key_of_;
  absl::flat_hash_map<model::TenantKey, std::string> id_of_;
};

}  // namespace skyden::audit
