// SPDX-License-Identifier: Apache-2.0
// What a listener does when the process has no descriptors left.
#pragma once

namespace skyden::net {

// One descriptor kept free, to accept and close with: a connection that is refused can be tried
// elsewhere, one that waits unaccepted keeps the listener ready and its client hanging.
// Thread-compatible.
class DescriptorReserve {
 public:
  DescriptorReserve();
  ~DescriptorReserve();
  DescriptorReserve(const DescriptorReserve&) = delete;
  DescriptorReserve& operator=(const DescriptorReserve&) = delete;

  // Hangs up on whoever waits longest at `listener`. False when that is not possible now: pause.
  bool RefuseOne(int listener);

 private:
  int spare_;
};

}  // namespace skyden::net
