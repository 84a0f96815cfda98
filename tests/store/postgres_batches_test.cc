// SPDX-License-Identifier: Apache-2.0
// Planned batches: how many round trips they take, and that nobody can tell them from requests that
// run one by one.
#include "tests/store/postgres_batches.h"

namespace skyden::store::testing {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("a planned batch takes two round trips, however many requests it has",
          "[store][postgres]") {
  Batches batches;
  for (const int count : {1, 16, 64}) {
    const auto together = batches.Run(Puts(count));
    for (const auto& answer : together.answers) CHECK(answer.ok());
    CHECK(together.commits == 1);
    CHECK(together.round_trips == 2);
  }
  CHECK(batches.Stored().size() == 65);
  CHECK(Count(batches.store(), batches.scope(), "MeshTimeout") == 65);
  CHECK(batches.store().counters().unplanned_reads == 0);

  postgres::Blueprint blueprint;
  blueprint.batches = postgres::Blueprint::Batches::kByStatement;
  Batches one_by_one(blueprint);
  const auto together = one_by_one.Run(Puts(64));
  CHECK(together.commits == 1);
  CHECK(together.round_trips > 64 * 3);
}

TEST_CASE("each request of a planned batch sees those before it", "[store][postgres]") {
  Batches batches;
  std::vector<std::string> seen;
  const auto look = [&seen](WriteTx& tx) -> absl::Status {
    const auto found = tx.FindResource(kTimeout, {"default", "a"});
    if (!found.ok()) return found.status();
    seen.push_back(found->has_value() ? fmt::format("{} at {}", (*found)->spec, (*found)->version)
                                      : "none");
    return absl::OkStatus();
  };
  const auto drop = [](WriteTx& tx) { return tx.DeleteResource(kTimeout, {"default", "a"}); };
  std::vector<Batches::Request> requests;
  requests.push_back({"a", look});
  requests.push_back({"a", Batches::PutAndTell("a", "one")});
  requests.push_back({"a", look});
  requests.push_back({"a", Batches::PutAndTell("a", "two")});
  requests.push_back({"a", look});
  requests.push_back({"a", drop});
  requests.push_back({"a", look});
  requests.push_back({"a", drop});
  requests.push_back({"a", Batches::PutAndTell("a", "three")});
  requests.push_back({"a", look});
  const auto together = batches.Run(std::move(requests));
  CHECK(seen == Lines{"none", "one at 1", "two at 2", "none", "three at 1"});
  CHECK(together.commits == 1);
  for (size_t i = 0; i < together.answers.size(); ++i) {
    CHECK(together.answers[i].ok() == (i != 7));
  }
  CHECK(absl::IsNotFound(together.answers[7].status()));
  const auto stored = Find(batches.store(), batches.scope(), "MeshTimeout", {"default", "a"});
  REQUIRE(stored.has_value());
  CHECK(stored->spec == "three");
  CHECK(stored->version == 1);
  CHECK(stored->revision == *together.answers[8]);
  CHECK(Count(batches.store(), batches.scope(), "MeshTimeout") == 2);
}

TEST_CASE("a request that fails takes what it wrote with it, and nobody runs again",
          "[store][postgres]") {
  Batches batches;
  int runs = 0;
  const auto fails = [&runs](WriteTx& tx) -> absl::Status {
    ++runs;
    for (const char* spec : {"lost", "lost again"}) {
      model::Resource resource = Timeout("b", spec);
      if (absl::Status s = tx.PutResource(resource); !s.ok()) return s;
    }
    tx.Audit({absl::UnixEpoch(), "test.lost", "Thing", "x", ""});
    return absl::FailedPreconditionError("no");
  };
  const auto counted = [&runs](const std::string& name) -> Store::WriteFn {
    return [&runs, put = Batches::PutAndTell(name)](WriteTx& tx) mutable {
      ++runs;
      return put(tx);
    };
  };
  std::vector<Batches::Request> requests;
  requests.push_back({"a", counted("a")});
  requests.push_back({"b", fails});
  requests.push_back({"b", counted("b")});
  const auto together = batches.Run(std::move(requests));
  CHECK(runs == 3);
  CHECK(together.answers[0].ok());
  CHECK(absl::IsFailedPrecondition(together.answers[1].status()));
  CHECK(together.answers[2].ok());
  CHECK(*together.answers[2] == *together.answers[0] + 1);
  CHECK(batches.Stored() == Lines{"default/a", "default/b", "default/warm-up"});
  CHECK(Find(batches.store(), batches.scope(), "MeshTimeout", {"default", "b"})->spec == "{}");
  CHECK(Count(batches.store(), batches.scope(), "MeshTimeout") == 3);
}

TEST_CASE("what fails when it is sent is run again, one request at a time", "[store][postgres]") {
  Batches batches;
  // Somebody writes past the daemon, between the look at the row and the commit.
  const auto tenant = static_cast<int64_t>(batches.scope().tenant());
  bool once = false;
  const auto raced = [&](WriteTx& tx) -> absl::Status {
    model::Resource resource = Timeout("a", "ours");
    if (absl::Status s = tx.PutResource(resource); !s.ok()) return s;
    if (std::exchange(once, true)) return absl::OkStatus();
    AsSuperuser(batches.engine().database().name(),
                fmt::format("INSERT INTO skyden.resource VALUES ({}, 'MeshTimeout', 'default',"
                            " 'a', '', '', 'theirs', '', 0, 0, 1, 7, 0)",
                            tenant));
    return absl::OkStatus();
  };
  // Sends what others kept, and is not to blame for it.
  const auto lists = [](WriteTx& tx) -> absl::Status {
    return tx.ListResources(kTimeout, "default").status();
  };
  const bool in_the_middle = GENERATE(false, true);
  std::vector<Batches::Request> requests;
  requests.push_back({"b", Batches::PutAndTell("b")});
  requests.push_back({"a", raced});
  if (in_the_middle) requests.push_back({"c", lists});
  const auto together = batches.Run(std::move(requests));
  for (const auto& answer : together.answers) {
    INFO(answer.status());
    CHECK(answer.ok());
  }
  const auto stored = Find(batches.store(), batches.scope(), "MeshTimeout", {"default", "a"});
  CHECK(stored->spec == "ours");
  CHECK(stored->version == 8);
  CHECK(batches.Stored() == Lines{"default/a", "default/b", "default/warm-up"});
}

TEST_CASE("what was not planned is read all the same, and after what was written",
          "[store][postgres]") {
  Batches batches;
  std::vector<std::string> listed;
  const auto lists = [&listed](WriteTx& tx) -> absl::Status {
    model::Resource resource = Timeout("b");
    if (absl::Status s = tx.PutResource(resource); !s.ok()) return s;
    const auto all = tx.ListResources(kTimeout, "default");
    if (!all.ok()) return all.status();
    listed = Names(*all);
    return absl::OkStatus();
  };
  const auto lists_and_fails = [&](WriteTx& tx) -> absl::Status {
    model::Resource resource = Timeout("c");
    if (absl::Status s = tx.PutResource(resource); !s.ok()) return s;
    const auto all = tx.ListResources(kTimeout, "default");
    return all.ok() ? absl::FailedPreconditionError("no") : all.status();
  };
  std::vector<Batches::Request> requests;
  requests.push_back({"a", Batches::PutAndTell("a")});
  requests.push_back({"b", lists});
  requests.push_back({"c", lists_and_fails});
  requests.push_back({"d", Batches::PutAndTell("d")});
  const auto together = batches.Run(std::move(requests));
  CHECK(listed == Lines{"default/a", "default/b", "default/warm-up"});
  CHECK(together.answers[0].ok());
  CHECK(together.answers[1].ok());
  CHECK(absl::IsFailedPrecondition(together.answers[2].status()));
  CHECK(together.answers[3].ok());
  CHECK(batches.Stored() == Lines{"default/a", "default/b", "default/d", "default/warm-up"});
  CHECK(batches.store().counters().unplanned_reads >= 2);
}

TEST_CASE("a large plan is fetched in parts, and what was not fetched is read",
          "[store][postgres]") {
  Batches batches;
  WritePlan plan;
  for (int i = 0; i < 300; ++i) plan.Resource(kTimeout, {"default", std::to_string(i)});
  plan.Resource(kTimeout, {"default", std::string("no\0text", 7)});
  const std::string large(100'000, 'x');
  for (int time = 0; time < 2; ++time) {
    REQUIRE(batches.store()
                .Write(batches.scope(), plan,
                       [&large](WriteTx& tx) -> absl::Status {
                         for (int i = 0; i < 300; ++i) {
                           model::Resource resource = Timeout(std::to_string(i), large);
                           if (absl::Status s = tx.PutResource(resource); !s.ok()) return s;
                         }
                         return absl::OkStatus();
                       })
                .ok());
  }
  CHECK(Find(batches.store(), batches.scope(), "MeshTimeout", {"default", "299"})->version == 2);
  CHECK(Count(batches.store(), batches.scope(), "MeshTimeout") == 301);
}

}  // namespace
}  // namespace skyden::store::testing
