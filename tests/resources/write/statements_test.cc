// SPDX-License-Identifier: Apache-2.0
// How many statements a change takes: each is a call to the database, and on one that is reached
// over a network a round trip. The table is in src/store/README.md.
#include <functional>
#include <future>
#include <iostream>

#include "skyden/base/json_text.h"
#include "skyden/store/tenant_tx.h"
#include "tests/resources/manager/manager_env.h"

namespace skyden::resources::testing {
namespace {

struct Statements {
  uint64_t reads = 0;
  uint64_t writes = 0;

  uint64_t all() const { return reads + writes; }
};

class Counted {
 public:
  Counted() : person_(env_.As(model::Role::kAdmin)) {
    REQUIRE(PutNew("warm-up").ok());  // the chain of the audit is there
  }

  Statements Of(const std::function<void()>& change) {
    const auto before = env_.store->counters();
    change();
    const auto after = env_.store->counters();
    return {after.reads - before.reads, after.writes - before.writes};
  }

  absl::Status PutNew(const std::string& name, const std::string& spec = TimeoutSpec()) {
    return env_.PutBodyAs(person_, "MeshTimeout", {"default", name}, Body(name, spec)).status();
  }
  absl::Status DeleteOne(const std::string& name) {
    return env_.DeleteAs(person_, "MeshTimeout", "default", name);
  }

  // `count` at once: the writer takes them into one transaction, since it is held until all wait.
  Statements OfManyNew(int count) {
    return Of([&] {
      std::promise<void> go;
      std::shared_future<void> gone(go.get_future());
      std::vector<std::future<absl::Status>> answers;
      store::Store& store = *env_.store;
      std::promise<void> held;
      store.WriteAsync(
          env_.scope, store::WritePlan::ReadsAnything(),
          [&held, gone, once = false](store::WriteTx&) mutable {
            if (!once) held.set_value();
            once = true;
            gone.wait();
            return absl::CancelledError();
          },
          [](const auto&) {});
      held.get_future().wait();
      for (int i = 0; i < count; ++i) {
        auto answer = std::make_shared<std::promise<absl::Status>>();
        answers.push_back(answer->get_future());
        const std::string name = "many-" + std::to_string(i);
        PutRequest request;
        request.type = &Type("MeshTimeout");
        request.key = {"default", name};
        request.body = Body(name, TimeoutSpec());
        env_.manager.PutAsync(person_, std::move(request),
                              [answer](const auto& result) { answer->set_value(result.status()); });
      }
      go.set_value();
      for (auto& answer : answers) REQUIRE(answer.get().ok());
    });
  }

  bool on_postgres() { return env_.store.database() != nullptr; }

 private:
  static std::string Body(const std::string& name, const std::string& rest) {
    return R"({"type":"MeshTimeout","mesh":"default","name":")" + name + R"(",)" + rest + "}";
  }

  ManagerEnv env_;
  const model::TenantScope person_;
};

void Print(const char* what, const Statements& taken) {
  std::cout << what << ": " << taken.reads << " reads, " << taken.writes << " writes\n";
}

TEST_CASE("a change takes no more statements than it must", "[manager]") {
  Counted counted;
  const Statements created = counted.Of([&] { REQUIRE(counted.PutNew("a").ok()); });
  const Statements changed =
      counted.Of([&] { REQUIRE(counted.PutNew("a", TimeoutSpec("7s")).ok()); });
  const Statements deleted = counted.Of([&] { REQUIRE(counted.DeleteOne("a").ok()); });
  const Statements many = counted.OfManyNew(16);
  Print("PUT of a new policy", created);
  Print("PUT of a changed policy", changed);
  Print("DELETE of a policy", deleted);
  Print("16 PUTs of new policies in one transaction", many);
  // Each with what the history keeps of it.
  if (counted.on_postgres()) {
    // What a row was is planned, and asked for with the rest; rows go out together.
    CHECK(created.all() == 9);
    CHECK(changed.all() == 7);
    CHECK(deleted.all() == 10);
    CHECK(many.all() == 10);
    return;
  }
  CHECK(created.all() == 10);
  CHECK(changed.all() == 8);
  CHECK(deleted.all() == 11);
  CHECK(many.all() == 16 * 4 + 6 + 1);  // who held the writer opened the control plane, for himself
}

}  // namespace
}  // namespace skyden::resources::testing
