// SPDX-License-Identifier: Apache-2.0
// One who waits until zones of several daemons have arrived at a revision.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "peers/asking.h"
#include "peers/deliveries_everywhere.h"
#include "peers/merge.h"

namespace skyden::peers {

// Everything is on its strand.
class DeliveriesEverywhere::Wait final : public std::enable_shared_from_this<Wait> {
 public:
  struct Deps {
    const Asking& asking;
    kds::Deliveries& own;
    std::function<absl::StatusOr<Merged>(const model::TenantScope&, const kds::PropagationQuery&,
                                         const std::vector<Other>&)>
        read;
    std::function<void(const std::shared_ptr<Wait>&)> on_over;
  };
  Wait(Deps deps, const model::TenantScope& scope, kds::PropagationQuery query,
       absl::Duration at_most, Done done);

  void Start();
  void End(absl::Status why);
  // Instead of Start.
  void Refuse(const absl::Status& why) { std::exchange(done_, nullptr)(why); }
  model::TenantKey tenant() const { return scope_.tenant(); }

 private:
  void Post(absl::AnyInvocable<void(Wait&)> task);
  void Round();
  // Waits for zones that may come, where they are; then there is another round.
  void AwaitThem(const Merged& merged, const std::vector<Other>& others, absl::Duration left);
  void AwaitHere(kds::PropagationQuery query, absl::Duration at_most);
  void AwaitAt(const Other& other, const kds::PropagationQuery& query, absl::Duration at_most);
  void RoundAfter(absl::Duration delay);
  // One that was waited for in that round. One that cannot be must not have all asked all the time.
  enum class Heard { kYes, kNo };
  void Answered(size_t round, Heard heard);
  void Finish(absl::StatusOr<kds::Propagation> result);

  const Deps deps_;
  const model::TenantScope scope_;
  kds::PropagationQuery query_;
  const absl::Duration until_;
  Done done_;  // null: it is over
  base::Strand strand_;
  size_t round_ = 0;
  size_t awaited_ = 0;  // daemons, in this round
};

}  // namespace skyden::peers
