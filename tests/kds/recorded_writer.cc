// SPDX-License-Identifier: Apache-2.0
#include "tests/kds/recorded_writer.h"

#include <catch2/catch.hpp>

namespace skyden::kds::testing {

void RecordedWriter::CatchUp(int64_t ms) {
  for (; written_ < writes_.size() && writes_[written_].ms <= ms; ++written_) {
    Write(writes_[written_]);
  }
}

void RecordedWriter::Write(const RecordedWrite& write) {
  const absl::Status status =
      write.rest.empty() ? env_.Delete(scope_, write.type, write.mesh, write.name)
                         : env_.Put(scope_, write.type, write.mesh, write.name, write.rest);
  INFO(write.type << " " << write.name << ": " << status);
  REQUIRE(status.ok());
}

}  // namespace skyden::kds::testing
