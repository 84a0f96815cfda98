// SPDX-License-Identifier: Apache-2.0
#include "store/postgres/reader_pool.h"

#include "skyden/base/status.h"

namespace skyden::store::postgres {

// However the block is left, an exception of the borrower's among the ways.
class ReaderPool::Loan {
 public:
  Loan(ReaderPool& pool, Place* place) : pool_(pool), place_(place) {}
  ~Loan() {
    Connection* const connection = place_->get();
    if (connection != nullptr && connection->in_transaction()) {
      // Nothing was written, so nothing depends on how it ends; but it must have ended.
      if (connection->aborted()) {
        connection->Rollback();
      } else if (connection->Commit(std::nullopt).ended != Connection::Ended::kYes) {
        connection->wire().Close();
      }
    }
    if (connection != nullptr && connection->lost()) place_->reset();
    pool_.Return(place_);
  }
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;

 private:
  ReaderPool& pool_;
  Place* const place_;
};

ReaderPool::ReaderPool(Connector& connector, Access access, Points points, int size)
    : connector_(connector), access_(access), points_(points), places_(static_cast<size_t>(size)) {
  absl::MutexLock lock(&mu_);
  for (Place& place : places_) idle_.push_back(&place);
}

ReaderPool::~ReaderPool() {
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(this, &ReaderPool::AllIdle));
}

ReaderPool::Place* ReaderPool::Take() {
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(this, &ReaderPool::AnyIdle));
  Place* const place = idle_.back();
  idle_.pop_back();
  return place;
}

void ReaderPool::Return(Place* place) {
  absl::MutexLock lock(&mu_);
  idle_.push_back(place);
}

absl::Status ReaderPool::With(absl::FunctionRef<absl::Status(Session&)> fn) {
  Place* const place = Take();
  const Loan loan(*this, place);
  if (*place != nullptr && (*place)->wire().LookLost()) place->reset();
  if (*place == nullptr) {
    SKYDEN_ASSIGN_OR_RETURN(*place, connector_.Connect(access_));
  }
  if (points_ == Points::kOne) (*place)->Begin(Connection::Mode::kRead);
  return fn(**place);
}

}  // namespace skyden::store::postgres
