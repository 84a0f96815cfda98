// SPDX-License-Identifier: Apache-2.0
#include "kds/inquiry.h"

#include <catch2/catch.hpp>
#include <set>

#include "tests/kds/dialogue.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

using Names = std::set<std::string>;

Inquiry::Items Make(size_t count, size_t spec_bytes = 2) {
  Inquiry::Items items;
  for (size_t i = 0; i < count; ++i) {
    items.push_back(std::make_shared<const model::Resource>(MakeResource(
        "MeshTimeout", "default", "t" + std::to_string(i), std::string(spec_bytes, ' '))));
  }
  return items;
}

// A zone that refuses these, a line for each in the order in which they came.
class Judge {
 public:
  explicit Judge(Names refused) : refused_(std::move(refused)) {}

  // What it says of `items`; empty: it takes them.
  std::string Say(const Inquiry::Items& items) const {
    std::string said;
    for (const auto& item : items) {
      if (refused_.contains(item->key.name)) said += "spec: not " + item->key.name + "\n";
    }
    return said;
  }
  // Answers until it is over. Returns how many questions that took.
  size_t Answer(Inquiry& inquiry) {
    size_t questions = 0;
    while (true) {
      const Inquiry::Items asked = inquiry.Next([](const auto&) { return true; });
      for (const Inquiry::Found& one : inquiry.TakeFound()) {
        CHECK(one.reason.find("not " + one.item->key.name) != std::string::npos);
        CHECK(found.insert(one.item->key.name).second);
      }
      if (asked.empty()) return questions;
      ++questions;
      CHECK(inquiry.asking());
      const std::string said = Say(asked);
      said.empty() ? inquiry.Taken() : inquiry.Refused(said);
    }
  }

  Names found;

 private:
  const Names refused_;
};

}  // namespace

TEST_CASE("what a zone refuses is found among much that it takes", "[kds]") {
  const auto items = Make(1000);
  const Names refused =
      GENERATE(Names{"t0"}, Names{"t999"}, Names{"t1", "t2"}, Names{"t3", "t500", "t501", "t998"});
  Judge zone(refused);
  Inquiry inquiry(200);
  inquiry.Suspect(items, zone.Say(items));
  const size_t questions = zone.Answer(inquiry);
  CHECK(zone.found == refused);
  CHECK(questions <= 20 * refused.size());
  CHECK(inquiry.over());
  CHECK_FALSE(inquiry.gave_up());
}

TEST_CASE("nothing is asked when the words of the zone say it all", "[kds]") {
  const auto items = Make(3);
  Judge zone({"t0", "t1", "t2"});
  Inquiry all(200), one(200);
  all.Suspect(items, zone.Say(items));
  CHECK(zone.Answer(all) == 0);
  CHECK(zone.found == Names{"t0", "t1", "t2"});
  zone.found.clear();
  one.Suspect({items[1]}, zone.Say({items[1]}));
  CHECK(zone.Answer(one) == 0);
  CHECK(zone.found == Names{"t1"});
}

TEST_CASE("what changed meanwhile is no longer suspected", "[kds]") {
  const auto items = Make(8);
  Inquiry inquiry(200);
  inquiry.Suspect(items, "spec: no");
  CHECK(inquiry.Next([](const auto&) { return false; }).empty());
  CHECK(inquiry.over());
  CHECK(inquiry.TakeFound().empty());
}

TEST_CASE("a zone that always says no is asked so often and not more", "[kds]") {
  const auto items = Make(1000);
  Inquiry inquiry(10);
  inquiry.Suspect(items, "spec: no");
  size_t questions = 0;
  while (!inquiry.Next([](const auto&) { return true; }).empty()) {
    ++questions;
    inquiry.Refused("spec: no");
  }
  CHECK(questions == 10);
  CHECK(inquiry.gave_up());
}

TEST_CASE("a question is never larger than a message should be", "[kds]") {
  const auto items = Make(64, 100'000);
  Inquiry inquiry(200);
  inquiry.Suspect(items, "spec: no");
  size_t bytes = 0;
  for (const auto& item : inquiry.Next([](const auto&) { return true; })) {
    bytes += item->spec.size();
  }
  CHECK(bytes > 0);
  CHECK(bytes <= 1u << 20);
}

TEST_CASE("a second refusal joins an inquiry under way", "[kds]") {
  const auto items = Make(8);
  Judge zone({"t1", "t6"});
  Inquiry inquiry(200);
  const Inquiry::Items first(items.begin(), items.begin() + 4);
  const Inquiry::Items second(items.begin() + 4, items.end());
  inquiry.Suspect(first, zone.Say(first));
  const auto asked = inquiry.Next([](const auto&) { return true; });
  inquiry.Suspect(second, zone.Say(second));
  const std::string said = zone.Say(asked);
  said.empty() ? inquiry.Taken() : inquiry.Refused(said);
  zone.Answer(inquiry);
  CHECK(zone.found == Names{"t1", "t6"});
}
