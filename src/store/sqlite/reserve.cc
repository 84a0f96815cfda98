// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/reserve.h"

namespace skyden::store::sqlite {
namespace {

constexpr int64_t kNoMore = 1;  // less than there are: as many as there are
constexpr uint64_t kLentPart = 4;
constexpr uint64_t kPageBytes = 4096;  // SQLite's, unless it is told otherwise

}  // namespace

bool Reserve::Fill() {
  const bool whole = ballast_.Take();
  if (whole) {
    if (state_ != State::kWhole) Bound(Connection::kAnyPages);
    lent_until_ = 0;
  } else {
    StopGrowth();
  }
  state_ = whole ? State::kWhole : State::kShort;
  return whole;
}

void Reserve::Open() {
  if (bytes_ == 0) return;
  StopGrowth();  // for whom it is lent to
  ballast_.Drop();
  Bound(Connection::kAnyPages);
  state_ = State::kOpen;
}

void Reserve::Lend() {
  if (state_ != State::kWhole) Bound(lent_until_);
}

void Reserve::TakeBack() {
  if (state_ == State::kShort) Bound(kNoMore);
  if (state_ == State::kOpen) Bound(Connection::kAnyPages);
}

void Reserve::StopGrowth() {
  const int64_t pages = Bound(kNoMore);
  if (lent_until_ == 0) lent_until_ = pages + static_cast<int64_t>(bytes_ / kLentPart / kPageBytes);
}

int64_t Reserve::Bound(int64_t most) {
  const auto pages = writer_.BoundPages(most);
  // Without it the disk itself is the bound.
  return pages.ok() ? *pages : Connection::kAnyPages;
}

}  // namespace skyden::store::sqlite
