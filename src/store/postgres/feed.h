// SPDX-License-Identifier: Apache-2.0
// Follows the journal: what other daemons committed is told here as their own changes are told
// there. One thread with a connection of its own; it also says that this daemon lives, and finds
// out who else does.
//
// A read gets the rows that are visible now and were not visible to the read before, by the
// snapshots of the two: nothing is missed and nothing comes twice, whatever the order in which
// transactions end. A NOTIFY only wakes; without one the journal is read every now and then.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/cond_var.h"
#include "skyden/model/type_registry.h"
#include "store/postgres/blueprint.h"
#include "store/postgres/connector.h"
#include "store/postgres/standing.h"
#include "store/rows/batch.h"

namespace skyden::store::postgres {

// Thread-safe.
class Feed {
 public:
  struct Deps {
    Connector& connector;
    rows::Listeners listeners;
    Standing& standing;
    const model::TypeRegistry& registry;
    Blueprint::News news;
    Blueprint::Barrier barrier;
    absl::Duration given_up_after;
    std::string about;  // until Say
    // On the feed's thread, once daemons came or went.
    absl::AnyInvocable<void()> on_others;
    // Once, on the feed's thread, when others have given this daemon up.
    absl::AnyInvocable<void(absl::Status)> on_given_up;
  };
  // `since`: a snapshot, taken before anything was read that is remembered.
  Feed(Deps deps, std::string since);
  // This daemon leaves.
  ~Feed();

  // Something was committed here. Does not wait.
  void TellOthers();
  // Waits until everything that was committed before the call, by whomever, was told. Returns at
  // once while nobody else has the database open. UNAVAILABLE when the journal cannot be read.
  absl::Status Fresh() ABSL_LOCKS_EXCLUDED(mu_);
  // The same, whoever has it open.
  absl::Status Look() ABSL_LOCKS_EXCLUDED(mu_);
  // Calls `then` once every other daemon has told what was committed before the call, or was given
  // up: on the feed's thread, or at once while nobody else has the database open.
  void OnceHeard(absl::AnyInvocable<void()> then) ABSL_LOCKS_EXCLUDED(mu_);
  // UNAVAILABLE once this daemon was given up.
  absl::Status Health() const ABSL_LOCKS_EXCLUDED(mu_);
  // See Daemons.
  void Say(std::string about) ABSL_LOCKS_EXCLUDED(mu_);
  absl::Duration Unheard() const ABSL_LOCKS_EXCLUDED(mu_);
  uint64_t reads() const { return reads_.load(std::memory_order_relaxed); }

  // A journal that nobody wakes for is read so often, and life is told so often.
  static constexpr absl::Duration kReadEvery = absl::Milliseconds(500);
  static constexpr absl::Duration kBeatEvery = absl::Seconds(2);
  // So often it is looked whether others have heard, if nobody says so.
  static constexpr absl::Duration kLookEvery = absl::Milliseconds(20);
  // So long a fresh read is waited for.
  static constexpr absl::Duration kPatience = absl::Seconds(1);

 private:
  void Loop();
  // False when the feed is to end.
  bool Await() ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status EnsureConnected();
  // From here on, whatever was before: everybody looks at everything.
  absl::Status BeginAnew();
  absl::Status Turn() ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Read() ABSL_LOCKS_EXCLUDED(mu_);
  void Tell(const PGresult* rows);
  absl::Status Beat();
  // Asks the others whether they have heard, or looks whether they have.
  absl::Status AskOthers() ABSL_LOCKS_EXCLUDED(mu_);
  void EndRound();
  void GiveUp(const absl::Status& why) ABSL_LOCKS_EXCLUDED(mu_);
  void Wake();
  bool IsWanted() ABSL_LOCKS_EXCLUDED(mu_);

  Deps deps_;
  const base::RealClock clock_;
  const int wakes_;  // an eventfd
  std::atomic<bool> tell_{false};
  std::atomic<uint64_t> reads_{0};

  // The thread's.
  std::unique_ptr<Connection> connection_;
  std::string since_;
  int64_t timeline_ = 0;
  bool notified_ = true;
  bool asked_ = false;  // another daemon waits for this one to have heard
  // Those who wait for one row of the journal to be heard of.
  struct Round {
    std::string transaction;
    absl::Duration began;
    std::vector<absl::AnyInvocable<void()>> waiting;
  };
  std::optional<Round> round_;
  absl::Duration read_at_ = absl::ZeroDuration();  // the last that went well
  absl::Duration beat_at_ = -absl::InfiniteDuration();
  absl::Duration steady_since_ = absl::InfiniteDuration();  // no sign of life was late since

  mutable absl::Mutex mu_;
  base::CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  uint64_t begun_ ABSL_GUARDED_BY(mu_) = 0;   // reads, counted as they begin
  uint64_t wanted_ ABSL_GUARDED_BY(mu_) = 0;  // somebody waits for this one
  uint64_t done_ ABSL_GUARDED_BY(mu_) = 0;    // the newest that went well
  // When the beat that others saw last was sent.
  absl::Duration lived_at_ ABSL_GUARDED_BY(mu_) = -absl::InfiniteDuration();
  absl::Duration heard_at_ ABSL_GUARDED_BY(mu_);  // when the last read began that went well
  std::string about_ ABSL_GUARDED_BY(mu_);
  absl::Status health_ ABSL_GUARDED_BY(mu_);
  std::vector<absl::AnyInvocable<void()>> unasked_ ABSL_GUARDED_BY(mu_);  // the next round's
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace skyden::store::postgres
