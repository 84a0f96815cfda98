// SPDX-License-Identifier: Apache-2.0
// The rows of daemons that have one database open. Each that comes or goes is an opening of its
// own, made while nobody writes, and whoever commits has to know the newest opening: so no commit
// is made by a daemon that was given up, or by one that thinks that it is alone and is not.
//
// Each function is one short transaction of the system's connection. The database's clock alone
// says how long somebody was not seen.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/postgres/wire.h"

namespace skyden::store::postgres {

// The channel on which daemons wake each other.
inline constexpr char kListen[] = "LISTEN skyden_journal";
absl::Status WakeOthers(Wire& wire);

// In a transaction that holds kWritersLock and has counted the opening up to `opened`.
absl::Status AddDaemon(Wire& wire, std::string_view daemon, int64_t opened, std::string_view about);

// Until every other daemon has heard of `opened`, or has not been seen for `given_up_after`: none
// thinks any more that it is alone. UNAVAILABLE when that takes much longer.
absl::Status AwaitKnown(Wire& wire, std::string_view daemon, int64_t opened,
                        absl::Duration given_up_after);

// `daemon` lives, has heard of `opened`, and of what was visible in the snapshot `told`. NOT_FOUND
// when it was given up. `about`: what it says of itself from now on. Returns whether somebody was
// not seen for `given_up_after`.
absl::StatusOr<bool> Beat(Wire& wire, std::string_view daemon, int64_t opened,
                          std::string_view told, std::string_view about,
                          absl::Duration given_up_after);

// Writes a row of the journal that says `changes`; returns its transaction.
absl::StatusOr<std::string> NoteInJournal(Wire& wire, std::string_view daemon,
                                          std::string_view changes);
// How many daemons beside `daemon` have not heard of it.
absl::StatusOr<int64_t> CountUnheard(Wire& wire, std::string_view daemon,
                                     std::string_view transaction);

// Removes those that were not seen for `given_up_after`, but not `daemon`. Nothing happens while
// somebody writes: it is tried again.
absl::Status GiveUpOthers(Wire& wire, std::string_view daemon, absl::Duration given_up_after);

// `daemon` ends.
absl::Status RemoveDaemon(Wire& wire, std::string_view daemon);

struct DaemonRow {
  std::string id;
  std::string about;
  absl::Duration unseen;
  int64_t came = 0;
  absl::Duration lag;
};
absl::StatusOr<std::vector<DaemonRow>> ListDaemons(Wire& wire);

}  // namespace skyden::store::postgres
