// SPDX-License-Identifier: Apache-2.0
#include "skyden/store/tenant_tx.h"
#include "tests/store/conformance.h"

namespace skyden::store::testing {
namespace {

TEMPLATE_TEST_CASE("a resource is read as it was written", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  model::Resource r = NewResource("MeshTimeout", "default", "t", std::string("\0bytes\xff", 7));
  r.labels = {{"kuma.io/mesh", "default"}, {"a", ""}, {"", "b"}, {"c", "7:x\n="}};
  r.status = R"({"x":1})";
  r.zone = "zone-1";
  r.creation_time = absl::FromUnixNanos(1'700'000'000'123'456'789);
  r = Put(w.store(), w.cp, r);
  CHECK(r.revision == 1);
  CHECK(r.version == 1);
  const auto found = Find(w.store(), w.cp, "MeshTimeout", {"default", "t"});
  REQUIRE(found.has_value());
  CHECK(found->type == r.type);
  CHECK(found->key == r.key);
  CHECK(found->labels == r.labels);
  CHECK(found->spec == r.spec);
  CHECK(found->status == r.status);
  CHECK(found->zone == "zone-1");
  CHECK(found->creation_time == r.creation_time);
  CHECK(found->modification_time == r.modification_time);
  CHECK(found->revision == 1);
  CHECK(found->version == 1);
  CHECK_FALSE(found->deleted);
}

TEMPLATE_TEST_CASE("a second put replaces everything and counts the version up",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  model::Resource r = NewResource("MeshTimeout", "default", "t", "one");
  r.labels = {{"a", "b"}};
  r.zone = "zone-1";
  Put(w.store(), w.cp, r);
  const model::Resource second =
      Put(w.store(), w.cp, NewResource("MeshTimeout", "default", "t", "two"));
  CHECK(second.version == 2);
  CHECK(second.revision == 2);
  const auto found = Find(w.store(), w.cp, "MeshTimeout", {"default", "t"});
  REQUIRE(found.has_value());
  CHECK(found->spec == "two");
  CHECK(found->labels.empty());
  CHECK(found->zone.empty());
  CHECK(Count(w.store(), w.cp, "MeshTimeout") == 1);
}

TEMPLATE_TEST_CASE("a put with a version writes only over that version", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const auto put = [&](std::optional<uint64_t> expected) {
    return w.store()
        .Write(w.cp,
               [&](WriteTx& tx) {
                 model::Resource r = NewResource("MeshTimeout", "default", "t");
                 return tx.PutResource(r, expected);
               })
        .status();
  };
  CHECK(absl::IsAborted(put(1)));
  CHECK(put(0).ok());
  CHECK(absl::IsAlreadyExists(put(0)));
  CHECK(put(1).ok());
  CHECK(absl::IsAborted(put(1)));
  CHECK(put(2).ok());
  CHECK(Find(w.store(), w.cp, "MeshTimeout", {"default", "t"})->version == 3);
  REQUIRE(Delete(w.store(), w.cp, "MeshTimeout", {"default", "t"}).ok());
  CHECK(absl::IsAborted(put(3)));
  CHECK(put(0).ok());
  CHECK(Find(w.store(), w.cp, "MeshTimeout", {"default", "t"})->version == 1);
}

TEMPLATE_TEST_CASE("all writes of a transaction share a revision, and revisions have no gaps",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const auto first = w.store().Write(w.cp, [](WriteTx& tx) {
    for (const char* name : {"a", "b", "c"}) {
      model::Resource r = NewResource("MeshTimeout", "default", name);
      if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
    }
    const auto now = tx.CurrentRevision();
    return now.ok() && *now == 1 ? absl::OkStatus() : absl::InternalError("revision");
  });
  REQUIRE(first.ok());
  CHECK(*first == 1);
  for (const auto& r : List(w.store(), w.cp, "MeshTimeout")) CHECK(r.revision == 1);

  SECTION("a transaction that fails takes none") {
    CHECK_FALSE(w.store()
                    .Write(w.cp,
                           [](WriteTx& tx) {
                             model::Resource r = NewResource("MeshTimeout", "default", "d");
                             if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
                             return absl::InvalidArgumentError("no");
                           })
                    .ok());
    CHECK(Put(w.store(), w.cp, NewResource("MeshTimeout", "default", "e")).revision == 2);
    CHECK_FALSE(Find(w.store(), w.cp, "MeshTimeout", {"default", "d"}).has_value());
  }
  SECTION("a transaction that writes no resource takes none") {
    const auto idle = w.store().Write(w.cp, [](WriteTx&) { return absl::OkStatus(); });
    REQUIRE(idle.ok());
    CHECK(*idle == 1);
    CHECK(absl::IsNotFound(Delete(w.store(), w.cp, "MeshTimeout", {"default", "z"}).status()));
    CHECK(Put(w.store(), w.cp, NewResource("MeshTimeout", "default", "e")).revision == 2);
  }
}

TEMPLATE_TEST_CASE("lists are ordered by mesh, then name, bytewise", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  for (const char* mesh : {"m", "M", "m-2"}) {
    for (const char* name : {"b", "a.b", "a", "a-b", "B"}) {
      Put(w.store(), w.cp, NewResource("MeshTimeout", mesh, name));
    }
  }
  Put(w.store(), w.cp, NewResource("MeshRetry", "m", "a"));
  CHECK(Names(List(w.store(), w.cp, "MeshTimeout")) ==
        std::vector<std::string>{"M/B", "M/a", "M/a-b", "M/a.b", "M/b", "m/B", "m/a", "m/a-b",
                                 "m/a.b", "m/b", "m-2/B", "m-2/a", "m-2/a-b", "m-2/a.b", "m-2/b"});
  CHECK(Names(List(w.store(), w.cp, "MeshTimeout", "m")) ==
        std::vector<std::string>{"m/B", "m/a", "m/a-b", "m/a.b", "m/b"});
  CHECK(List(w.store(), w.cp, "MeshTimeout", "none").empty());
}

TEMPLATE_TEST_CASE("a deleted resource is nowhere but among the changes", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  model::Resource r = NewResource("Dataplane", "default", "dp", "spec");
  r.zone = "zone-1";
  r.labels = {{"a", "b"}};
  Put(w.store(), w.cp, r);
  const auto revision = Delete(w.store(), w.cp, "Dataplane", {"default", "dp"});
  REQUIRE(revision.ok());
  CHECK(*revision == 2);
  CHECK_FALSE(Find(w.store(), w.cp, "Dataplane", {"default", "dp"}).has_value());
  CHECK(List(w.store(), w.cp, "Dataplane").empty());
  CHECK(List(w.store(), w.cp, "Dataplane", "default").empty());
  CHECK(Count(w.store(), w.cp, "Dataplane") == 0);
  CHECK(Count(w.store(), w.cp, "Dataplane", "default") == 0);
  CHECK(absl::IsNotFound(Delete(w.store(), w.cp, "Dataplane", {"default", "dp"}).status()));
  const auto changes = Changes(w.store(), w.cp, "Dataplane", 1);
  REQUIRE(changes.ok());
  REQUIRE(changes->size() == 1);
  CHECK(changes->front().deleted);
  CHECK(changes->front().key == r.key);
  CHECK(changes->front().zone == "zone-1");
  CHECK(changes->front().revision == 2);
  CHECK(changes->front().spec.empty());
  CHECK(changes->front().labels.empty());
}

TEMPLATE_TEST_CASE("counts follow every kind of write", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  Put(w.store(), w.cp, NewResource("MeshTimeout", "a", "1"));
  Put(w.store(), w.cp, NewResource("MeshTimeout", "a", "2"));
  Put(w.store(), w.cp, NewResource("MeshTimeout", "b", "1"));
  Put(w.store(), w.cp, NewResource("MeshTimeout", "b", "1"));
  CHECK(Count(w.store(), w.cp, "MeshTimeout") == 3);
  CHECK(Count(w.store(), w.cp, "MeshTimeout", "a") == 2);
  CHECK(Count(w.store(), w.cp, "MeshTimeout", "b") == 1);
  CHECK(Count(w.store(), w.cp, "MeshRetry") == 0);
  REQUIRE(Delete(w.store(), w.cp, "MeshTimeout", {"a", "1"}).ok());
  CHECK(Count(w.store(), w.cp, "MeshTimeout", "a") == 1);
  Put(w.store(), w.cp, NewResource("MeshTimeout", "a", "1"));
  CHECK(Count(w.store(), w.cp, "MeshTimeout", "a") == 2);
  const auto inside = w.store().Write(w.cp, [](WriteTx& tx) {
    model::Resource r = NewResource("MeshTimeout", "a", "3");
    if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
    const auto count = tx.CountResources(Type("MeshTimeout"), std::nullopt);
    return count.ok() && *count == 4 ? absl::InvalidArgumentError("as expected")
                                     : absl::InternalError("miscounted");
  });
  CHECK(absl::IsInvalidArgument(inside.status()));
  CHECK(Count(w.store(), w.cp, "MeshTimeout") == 3);
}

TEMPLATE_TEST_CASE("all counts are listed at once, without those of nothing",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const auto counts = [&] {
    std::vector<std::string> lines;
    const absl::Status status = w.store().Read(w.cp, [&](ReadTx& tx) {
      const auto listed = tx.ListCounts();
      if (!listed.ok()) return listed.status();
      for (const ResourceCount& each : *listed) {
        lines.push_back(Registry().at(each.type).name + "/" + each.mesh + " " +
                        std::to_string(each.live));
      }
      return absl::OkStatus();
    });
    REQUIRE(status.ok());
    return lines;
  };
  CHECK(counts().empty());
  Put(w.store(), w.cp, NewResource("MeshTimeout", "b", "1"));
  Put(w.store(), w.cp, NewResource("MeshTimeout", "a", "1"));
  Put(w.store(), w.cp, NewResource("MeshTimeout", "a", "2"));
  Put(w.store(), w.cp, NewResource("MeshRetry", "a", "1"));
  CHECK(counts() ==
        std::vector<std::string>{"MeshRetry/a 1", "MeshTimeout/a 2", "MeshTimeout/b 1"});
  REQUIRE(Delete(w.store(), w.cp, "MeshRetry", {"a", "1"}).ok());
  CHECK(counts() == std::vector<std::string>{"MeshTimeout/a 2", "MeshTimeout/b 1"});
  const auto inside = w.store().Write(w.cp, [&](WriteTx& tx) {
    model::Resource r = NewResource("MeshTimeout", "a", "3");
    if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
    const auto listed = tx.ListCounts();
    return listed.ok() && listed->size() == 2 && listed->front().live == 3
               ? absl::OkStatus()
               : absl::InternalError("miscounted");
  });
  CHECK(inside.ok());
}

TEMPLATE_TEST_CASE("deleting a mesh's resources spares other meshes and the kinds to keep",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  for (const char* mesh : {"gone", "kept"}) {
    for (const char* type : {"MeshTimeout", "MeshRetry", "Secret"}) {
      for (const char* name : {"1", "2"}) Put(w.store(), w.cp, NewResource(type, mesh, name));
    }
  }
  Put(w.store(), w.cp, NewResource("Mesh", "", "gone"));
  uint64_t deleted = 0;
  const auto revision = w.store().Write(w.cp, [&](WriteTx& tx) {
    auto result = tx.DeleteResourcesOfMesh("gone", {Type("Secret")});
    if (result.ok()) deleted = *result;
    return result.status();
  });
  REQUIRE(revision.ok());
  CHECK(*revision == 14);
  CHECK(deleted == 4);
  CHECK(Names(List(w.store(), w.cp, "MeshTimeout")) ==
        std::vector<std::string>{"kept/1", "kept/2"});
  CHECK(List(w.store(), w.cp, "Secret").size() == 4);
  CHECK(List(w.store(), w.cp, "Mesh").size() == 1);
  CHECK(Count(w.store(), w.cp, "MeshRetry", "gone") == 0);
  CHECK(Count(w.store(), w.cp, "MeshRetry") == 2);
  CHECK(Changes(w.store(), w.cp, "MeshRetry", 13)->size() == 2);
  const auto again = w.store().Write(w.cp, [&](WriteTx& tx) {
    auto result = tx.DeleteResourcesOfMesh("gone", {Type("Secret")});
    if (result.ok()) deleted = *result;
    return result.status();
  });
  REQUIRE(again.ok());
  CHECK(deleted == 0);
  CHECK(*again == 14);
}

TEMPLATE_TEST_CASE("deleting a mesh sees what the same transaction wrote into it",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  uint64_t deleted = 0;
  REQUIRE(w.store()
              .Write(w.cp,
                     [&](WriteTx& tx) {
                       model::Resource r = NewResource("MeshTimeout", "gone", "1");
                       if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
                       auto result = tx.DeleteResourcesOfMesh("gone", {});
                       if (result.ok()) deleted = *result;
                       return result.status();
                     })
              .ok());
  CHECK(deleted == 1);
  CHECK(Count(w.store(), w.cp, "MeshTimeout") == 0);
}

TEMPLATE_TEST_CASE("a zone's resources are listed and deleted by zone", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  for (const char* zone : {"zone-1", "zone-2", ""}) {
    for (const char* type : {"Dataplane", "ZoneIngress"}) {
      model::Resource r = NewResource(type, std::string(type) == "Dataplane" ? "default" : "",
                                      std::string("of-") + zone);
      r.zone = zone;
      Put(w.store(), w.cp, r);
    }
  }
  const auto of_zone = [&](const char* zone) {
    std::vector<model::Resource> found;
    REQUIRE(w.store()
                .Read(w.cp,
                      [&](ReadTx& tx) {
                        auto result =
                            tx.ListResourcesOfZone(Type("Dataplane"), model::ZoneName(zone));
                        if (result.ok()) found = *std::move(result);
                        return result.status();
                      })
                .ok());
    return Names(found);
  };
  CHECK(of_zone("zone-1") == std::vector<std::string>{"default/of-zone-1"});
  CHECK(of_zone("").empty());
  uint64_t deleted = 0;
  REQUIRE(w.store()
              .Write(w.cp,
                     [&](WriteTx& tx) {
                       auto result = tx.DeleteResourcesOfZone(model::ZoneName("zone-1"));
                       if (result.ok()) deleted = *result;
                       return result.status();
                     })
              .ok());
  CHECK(deleted == 2);
  CHECK(of_zone("zone-1").empty());
  CHECK(of_zone("zone-2").size() == 1);
  CHECK(Count(w.store(), w.cp, "Dataplane") == 2);
  CHECK(Count(w.store(), w.cp, "ZoneIngress") == 2);
}

TEMPLATE_TEST_CASE("what was acknowledged is there after opening again", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  Put(w.store(), w.cp, NewResource("MeshTimeout", "default", "t", "spec"));
  Put(w.store(), w.cp, NewResource("Secret", "default", "s", "hidden"));
  w.engine.Reopen();
  CHECK(Find(w.store(), w.cp, "MeshTimeout", {"default", "t"})->spec == "spec");
  CHECK(Find(w.store(), w.cp, "Secret", {"default", "s"})->spec == "hidden");
  CHECK(Put(w.store(), w.cp, NewResource("MeshTimeout", "default", "u")).revision == 3);
}

TEMPLATE_TEST_CASE("a read sees one point in time while writes go on", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  Put(w.store(), w.cp, NewResource("MeshTimeout", "default", "a"));
  uint64_t before = 0;
  uint64_t after = 0;
  model::Revision revision = 0;
  REQUIRE(w.store()
              .Read(w.cp,
                    [&](ReadTx& tx) {
                      before = *tx.CountResources(Type("MeshTimeout"), std::nullopt);
                      Put(w.store(), w.cp, NewResource("MeshTimeout", "default", "b"));
                      after = tx.ListResources(Type("MeshTimeout"), std::nullopt)->size();
                      revision = *tx.CurrentRevision();
                      return absl::OkStatus();
                    })
              .ok());
  CHECK(before == 1);
  CHECK(after == 1);
  CHECK(revision == 1);
  CHECK(Count(w.store(), w.cp, "MeshTimeout") == 2);
}

TEMPLATE_TEST_CASE("keys are promised, listed in order, and taken back", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const PendingKey secret{Type("Secret"),
                          {"default", "dataplane-token-signing-key-default-1"},
                          absl::FromUnixSeconds(5)};
  const PendingKey global{
      Type("GlobalSecret"), {"", "zone-token-signing-key-1"}, absl::FromUnixSeconds(6)};
  const auto add = [&](const PendingKey& key) {
    return w.store().Write(w.cp, [&](WriteTx& tx) { return tx.AddPendingKey(key); }).status();
  };
  const auto remove = [&](const PendingKey& key) {
    return w.store().Write(w.cp, [&](WriteTx& tx) { return tx.RemovePendingKey(key); }).status();
  };
  const auto list = [&] {
    std::vector<PendingKey> keys;
    REQUIRE(w.store()
                .Read(w.cp,
                      [&](ReadTx& tx) {
                        auto result = tx.ListPendingKeys();
                        if (result.ok()) keys = *std::move(result);
                        return result.status();
                      })
                .ok());
    return keys;
  };
  CHECK(list().empty());
  CHECK(add(secret).ok());
  CHECK(add(global).ok());
  CHECK(absl::IsAlreadyExists(add(secret)));
  REQUIRE(list().size() == 2);
  CHECK(list()[0].type == global.type);
  CHECK(list()[1].key == secret.key);
  CHECK(list()[1].creation_time == secret.creation_time);
  CHECK(remove(secret).ok());
  CHECK(absl::IsNotFound(remove(secret)));
  CHECK(list().size() == 1);
}

TEMPLATE_TEST_CASE("secrets are sealed anew without a trace for anybody", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  Put(w.store(), w.cp, NewResource("Secret", "default", "s", "one"));
  model::Resource global = NewResource("GlobalSecret", "", "g", "two");
  global.labels = {{"a", "b"}};
  global = Put(w.store(), w.cp, global);
  Put(w.store(), w.cp, NewResource("MeshTimeout", "default", "t"));
  Delete(w.store(), w.cp, "Secret", {"default", "s"}).value();
  const model::Resource secret =
      Put(w.store(), w.cp, NewResource("Secret", "default", "s", "three"));
  int told = 0;
  const auto subscription = w.store().Subscribe(w.cp.tenant(), [&told](const Change&) { ++told; });

  uint64_t sealed = 0;
  const auto revision = w.store().Write(w.cp, [&sealed](WriteTx& tx) -> absl::Status {
    const auto count = tx.ResealSecrets();
    sealed = count.value_or(0);
    return count.status();
  });
  REQUIRE(revision.ok());
  CHECK(sealed == 2);
  CHECK(told == 0);
  const auto found = Find(w.store(), w.cp, "GlobalSecret", {"", "g"});
  REQUIRE(found.has_value());
  CHECK(found->spec == "two");
  CHECK(found->labels == global.labels);
  CHECK(found->version == global.version);
  CHECK(found->revision == global.revision);
  CHECK(found->modification_time == global.modification_time);
  CHECK(Find(w.store(), w.cp, "Secret", {"default", "s"})->spec == "three");
  CHECK(Changes(w.store(), w.cp, "Secret", secret.revision)->empty());
}

}  // namespace
}  // namespace skyden::store::testing
