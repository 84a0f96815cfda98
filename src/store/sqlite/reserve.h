// SPDX-License-Identifier: Apache-2.0
// The room that deletions find on a full disk: the ballast, and a bound that keeps everybody else
// from it.
//
// The bound is needed because a WAL starts over: who goes on writing finds a place in it, and when
// that is moved into the database, the database grows by what the ballast should have taken again.
#pragma once

#include <cstdint>
#include <string>

#include "store/sqlite/ballast.h"
#include "store/sqlite/connection.h"

namespace skyden::store::sqlite {

// The writer's. Thread-compatible.
class Reserve {
 public:
  // `writer`, a connection that writes, must outlive this. `bytes`: how much; 0 keeps nothing.
  Reserve(Connection& writer, const std::string& directory, uint64_t bytes)
      : writer_(writer), ballast_(directory, bytes), bytes_(bytes) {}

  // Takes what there is, and true when that is all. While it is not, the database keeps to the
  // pages that it has. Outside a transaction.
  bool Fill();
  // Gives all of it up, for a transaction that removes. Outside one.
  void Open();

  // Around a request that may take from it (WritePlan::FromReserve): of all that come while it is
  // not whole, as much as a quarter.
  void Lend();
  void TakeBack();

 private:
  enum class State { kWhole, kShort, kOpen };
  // At the pages that there are.
  void StopGrowth();
  // Of pages; returns how many there may be.
  int64_t Bound(int64_t most);

  Connection& writer_;
  Ballast ballast_;
  const uint64_t bytes_;
  State state_ = State::kWhole;
  int64_t lent_until_ = 0;  // pages of the database; 0: it has not been short
};

}  // namespace skyden::store::sqlite
