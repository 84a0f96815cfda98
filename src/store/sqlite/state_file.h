// SPDX-License-Identifier: Apache-2.0
// `skyden.state`: what the files beside it have to hold, said by the daemon that wrote them.
//
// Whoever opens a database can see whether it is whole, but not whether it is all there was: a file
// that is missing, shorter than it was, or from another day looks as good as the right one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace skyden::store::sqlite {

// Which life a WAL is in: it gets new salts whenever it starts over.
struct WalSalts {
  uint32_t first = 0;
  uint32_t second = 0;
  friend bool operator==(const WalSalts&, const WalSalts&) = default;
};

struct StateRecord {
  enum class Phase {
    kMaking,   // the first start is under way: nothing has to be there yet
    kRunning,  // a daemon writes, or it ended suddenly
    kStopped,  // all is in the database file, and nothing in the WAL
  };
  Phase phase = Phase::kMaking;
  std::string database;    // its id
  uint64_t starts = 0;     // how often it had been opened
  uint64_t inode = 0;      // of the database file: another one is a copy
  int64_t changed_ns = 0;  // kStopped: its ctime, which nobody can set
  uint64_t bytes = 0;      // kStopped: its size; kRunning: it has no fewer
  uint64_t digest = 0;     // kStopped: of its content (see file_digest.h)
  WalSalts salts;          // kRunning: the WAL of this life ...
  uint64_t frames = 0;     // ... holds no fewer acknowledged frames; 0: it owes nothing
  friend bool operator==(const StateRecord&, const StateRecord&) = default;
};

// Holds the file open. Thread-compatible.
class StateFile {
 public:
  // Opens the file without making it.
  explicit StateFile(const std::string& directory);
  ~StateFile();
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;

  // What was written last; nullopt when there is no file. DATA_LOSS when it cannot be read.
  absl::StatusOr<std::optional<StateRecord>> Read();

  enum class Until { kSystemLives, kOnDisk };
  // From now on nothing waits for the disk, as nothing does on a faulty one made for tests.
  void NeverWait() { waits_ = false; }
  // Takes the place of the last record. A write that is cut leaves the one before it.
  absl::Status Write(const StateRecord& record, Until until);

 private:
  absl::Status Create();

  const std::string path_;
  int descriptor_ = -1;
  bool waits_ = true;
  uint64_t written_ = 0;  // records, over all times
};

}  // namespace skyden::store::sqlite
