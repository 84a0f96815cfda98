// SPDX-License-Identifier: Apache-2.0
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <iostream>

#include "tests/skip.h"
#include "tests/temp_dir.h"

namespace skyden {
namespace {

constexpr int kSkipped = 77;  // what src/module.cmake tells ctest

bool skip_said = false;  // in the running case
int tried = 0;
int skipped = 0;

class Count : public Catch::TestEventListenerBase {
 public:
  using TestEventListenerBase::TestEventListenerBase;
  void testCaseStarting(const Catch::TestCaseInfo& info) override {
    TestEventListenerBase::testCaseStarting(info);
    skip_said = false;
  }
  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    const bool nothing = skip_said && stats.totals.assertions.total() == 0;
    ++(nothing ? skipped : tried);
  }
  void testRunEnded(const Catch::TestRunStats& stats) override {
    TestEventListenerBase::testRunEnded(stats);
    RemoveTempDirsLeft();  // a signal ended it: nothing else does
  }
};
CATCH_REGISTER_LISTENER(Count)

}  // namespace

void Skip(const std::string& reason) {
  skip_said = true;
  std::cout << "\nSKIPPED: " << reason << std::endl;
}

// Not the number of what failed, as Catch has it: that could be kSkipped.
int Main(int argc, char** argv) {
  if (Catch::Session().run(argc, argv) != 0) return 1;
  return tried == 0 && skipped > 0 ? kSkipped : 0;
}

}  // namespace skyden

int main(int argc, char** argv) { return skyden::Main(argc, argv); }
