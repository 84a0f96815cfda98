// SPDX-License-Identifier: Apache-2.0
// A copy of the whole database of a store that runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace skyden::store {

// What a database of the embedded engine holds.
struct DatabaseContents {
  struct TableRows {
    std::string name;
    uint64_t rows = 0;
    std::string sha256;  // over all rows in the order of their key, in hex; empty without rows
    bool operator==(const TableRows&) const = default;
  };
  struct AuditEnd {
    std::string organization;   // its id
    std::string control_plane;  // its id; empty: the organization's own chain
    uint64_t sequence = 0;
    std::string hash;  // hex
    bool operator==(const AuditEnd&) const = default;
  };
  std::string database;  // its id
  std::string epoch;
  uint64_t schema = 0;  // its version
  std::vector<TableRows> tables;
  std::vector<AuditEnd> audit;  // where each chain ends
  bool operator==(const DatabaseContents&) const = default;
};

// Of a file that no store has open. DATA_LOSS when its pages, indexes or constraints are not whole;
// FAILED_PRECONDITION when it is none of this program. Reads all of it.
absl::StatusOr<DatabaseContents> InspectDatabase(const std::string& path);

// A copy as it was at one point in time: every commit acknowledged before it was begun, and none
// half. It takes room on the disk for as long as it lives, and leaves nothing. Thread-compatible.
class DatabaseCopy {
 public:
  virtual ~DatabaseCopy() = default;
  virtual const DatabaseContents& contents() const = 0;
  virtual uint64_t bytes() const = 0;
  virtual const std::string& sha256() const = 0;  // of the file, in hex
  // `sha256` sealed with the key of this store's secrets, in base64: see CheckSeal.
  virtual const std::string& seal() const = 0;
  virtual const std::string& secrets_key() const = 0;  // that key's id
  // At most `size` bytes from `offset` on.
  virtual absl::StatusOr<std::string> Read(uint64_t offset, size_t size) = 0;
};

class Sealer;
// DATA_LOSS when `seal` is not what a holder of the key made for `sha256`.
absl::Status CheckSeal(const Sealer& sealer, const std::string& sha256, const std::string& seal);

inline constexpr uint64_t kCopyBytesPerSecond = 64u << 20;

struct CopyOptions {
  // Faster only when the WAL, which cannot start over meanwhile, has grown too long.
  uint64_t bytes_per_second = kCopyBytesPerSecond;
  // Called after each piece, on the caller's thread. False gives up (CANCELLED).
  std::function<bool(uint64_t copied, uint64_t all)> on_progress;
};

// Beside Store, of the same database. Thread-safe.
class Backups {
 public:
  virtual ~Backups() = default;
  // Blocks for long; neither readers nor the writer wait for it. FAILED_PRECONDITION where the
  // engine has means of its own; RESOURCE_EXHAUSTED when there is no room on the disk for a copy,
  // another is being made, or the writes of this time outgrow it.
  virtual absl::StatusOr<std::unique_ptr<DatabaseCopy>> Copy(const CopyOptions& options) = 0;
  // Whether Copy would be refused at once, and why.
  virtual absl::Status CheckMayCopy() = 0;
};

class Store;
// Of a store that an engine opened, for as long as it lives.
Backups& BackupsOf(Store& store);

}  // namespace skyden::store
