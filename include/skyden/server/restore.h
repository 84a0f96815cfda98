// SPDX-License-Identifier: Apache-2.0
// A backup becomes the database of a data directory that no daemon is using.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "skyden/server/config.h"
#include "skyden/store/backup_archive.h"

namespace skyden::server {

struct Restored {
  store::Manifest manifest;
  uint64_t rows = 0;
  uint64_t audit_entries = 0;  // looked at
  std::string set_aside;       // what the database that was there is called now; empty: none was
};

struct RestoreSource {
  // The next piece of the archive; empty: that was all.
  std::function<absl::StatusOr<std::string>()> next;
  std::function<void(uint64_t read, uint64_t all)> on_progress;
};

// Everything is looked at in a folder beside before anything is replaced: the archive is whole, its
// database is the one that was copied (digest, and seal of whoever holds the secrets key), its
// pages are sound, rows and digests of its tables are what they were, the secrets key opens it, and
// the audit's chains are unbroken. Then it takes the place of the database that was there, which is
// set aside and not removed. Its next start is in a new epoch: zones and watchers begin anew.
// Blocks. DATA_LOSS when the backup is damaged; FAILED_PRECONDITION when it does not belong to this
// key, or a later version made it; UNAVAILABLE while a daemon uses the directory, or the disk
// fails; INVALID_ARGUMENT when the configuration is at fault, naming the setting. Nothing is
// changed then.
absl::StatusOr<Restored> Restore(const Config& config, const RestoreSource& source);

}  // namespace skyden::server
