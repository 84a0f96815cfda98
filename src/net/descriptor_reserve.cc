// SPDX-License-Identifier: Apache-2.0
#include "skyden/net/descriptor_reserve.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace skyden::net {
namespace {

int OpenSpare() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

DescriptorReserve::DescriptorReserve() : spare_(OpenSpare()) {}

DescriptorReserve::~DescriptorReserve() {
  if (spare_ >= 0) close(spare_);
}

bool DescriptorReserve::RefuseOne(int listener) {
  // Another thread may have been quicker the last time.
  if (spare_ < 0) spare_ = OpenSpare();
  if (spare_ < 0) return false;
  close(spare_);
  const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) close(fd);
  spare_ = OpenSpare();
  return fd >= 0;
}

}  // namespace skyden::net
