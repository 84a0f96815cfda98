// SPDX-License-Identifier: Apache-2.0
// Finds out which resources of a response a zone does not take. Its answer says that there are some
// and why, not which (see refusal_text). What was sent may be sent again in parts, and each part
// gets an answer of its own; a zone that has a resource already does nothing about it.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "skyden/resources/resource_views.h"

namespace skyden::kds {

// Strand-bound, no I/O. Halves what is suspected until single resources are left.
class Inquiry {
 public:
  explicit Inquiry(size_t questions_max) : questions_left_(questions_max) {}

  using Item = resources::ResourceView::Item;
  using Items = std::vector<Item>;
  struct Found {
    Item item;
    std::string reason;  // the zone's words, as they came
  };

  // Has the zone a line for each that it refuses, or perhaps more (it is told it in parts)?
  enum class Lines { kOneEach, kSome };
  // At least one of these, in the order in which they were sent, is refused.
  void Suspect(Items items, std::string_view message, Lines lines = Lines::kOneEach);

  // The next to be sent by themselves; empty when nothing is left to ask. Not while a question is
  // out. `holds`: the zone still has been sent the resource in this form.
  Items Next(absl::FunctionRef<bool(const Item&)> holds);
  bool asking() const { return !asked_.empty(); }
  // The zone's answer to the last question.
  void Taken();
  void Refused(std::string_view message);

  std::vector<Found> TakeFound() { return std::exchange(found_, {}); }
  bool over() const { return asked_.empty() && groups_.empty(); }
  // It ended with something not told apart.
  bool gave_up() const { return gave_up_; }

 private:
  struct Group {
    enum class Holds { kRefused, kPerhaps, kRefusedIfOtherIsTaken };
    Items items;
    Holds holds = Holds::kPerhaps;
    std::string message;  // unless kPerhaps: what the zone said of it
  };

  bool TellApart(Group& group);
  Items Ask(Group group);

  std::vector<Group> groups_;  // next one last
  Items asked_;
  size_t questions_left_;
  bool gave_up_ = false;
  bool lines_count_ = true;  // as many lines as are refused
  std::vector<Found> found_;
};

}  // namespace skyden::kds
