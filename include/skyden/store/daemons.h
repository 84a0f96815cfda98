// SPDX-License-Identifier: Apache-2.0
// Several daemons over one database: what each knows of the others.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/store/change.h"

namespace skyden::store {

// What a daemon says of itself.
struct DaemonAbout {
  std::string instance;  // as resources name it: kds::KdsOptions::instance_id
  std::string version;
  std::string peer_address = {};  // where other daemons ask it; empty: they cannot
  uint64_t zones = 0;             // that were connected to it when it last said so
};
// As PostgresOptions::about has it, and back. What is not understood is empty.
std::string AboutText(const DaemonAbout& about);
DaemonAbout ParseAbout(std::string_view text);

struct DaemonRecord {
  std::string id;         // made anew at each start
  std::string about;      // AboutText
  absl::Duration unseen;  // since it last said that it lives, by the database's clock
  absl::Duration lag;     // the age of the oldest commit that it has not said to have heard of
  bool self = false;
  bool leads = false;  // it does what must be done by one
};

// Beside Store, of the same database. Thread-safe; blocks (AssertMayBlock).
class Daemons {
 public:
  virtual ~Daemons() = default;
  // Returns once subscribers of this Store were told of everything that any daemon was acknowledged
  // before the call: what is remembered of rows is then no older. At once while nobody else has the
  // database open. UNAVAILABLE when that cannot be known in a second, or this daemon was given up
  // by the others: whoever promises what is written must not answer then.
  virtual absl::Status Fresh() = 0;
  // Whether this daemon is the one that does what must be done by one. Of all that have the
  // database open it is the one that came first, so nobody takes its place before it is gone; and
  // whoever is gone writes nothing. False until that is known.
  virtual bool Leads() = 0;
  // `fn` is called once daemons came or went, on a thread of the engine's: it must only hand over.
  virtual std::unique_ptr<Subscription> SubscribeDaemons(absl::AnyInvocable<void()> fn) = 0;
  // In order of their ids; none where nobody else can have the database open.
  virtual absl::StatusOr<std::vector<DaemonRecord>> ListDaemons() = 0;
  // From its next sign of life on this daemon says this of itself (AboutText).
  virtual void Say(std::string about) = 0;
  // How long ago the last read of the journal that went well began: nothing newer is known here of
  // what others wrote.
  virtual absl::Duration Unheard() const = 0;
};

class Store;
// Leads(), of whatever store.
bool Leads(Store& store);
// nullptr of a store that nobody else can have open, and of tests' doubles.
Daemons* DaemonsOf(Store& store);

}  // namespace skyden::store
