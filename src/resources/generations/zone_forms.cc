// SPDX-License-Identifier: Apache-2.0
#include "skyden/resources/zone_forms.h"

#include <algorithm>
#include <utility>

namespace skyden::resources {
namespace {

using Item = std::shared_ptr<const model::Resource>;

// Where a resource is told as it is, itself.
std::vector<Item> FormsOfItem(const Item& item, const model::TypeDescriptor& type,
                              Generation generation) {
  auto others = FormsFor(generation, type, *item);
  if (!others.has_value()) return {item};
  std::vector<Item> forms;
  for (Form& form : *others) {
    forms.push_back(std::make_shared<const model::Resource>(std::move(form.resource)));
  }
  return forms;
}

}  // namespace

std::vector<Item> FormsOf(std::vector<Item> items, const model::TypeDescriptor& type,
                          Generation generation, FormMemo* memo) {
  std::vector<Item> forms;
  forms.reserve(items.size());
  bool in_order = true;
  const auto add = [&](const Item& form) {
    in_order = in_order && (forms.empty() || !(form->key < forms.back()->key));
    forms.push_back(form);
  };
  for (const Item& item : items) {
    if (memo == nullptr) {
      for (const Item& form : FormsOfItem(item, type, generation)) add(form);
      continue;
    }
    const auto [known, is_new] = memo->try_emplace(item);
    if (is_new) known->second = FormsOfItem(item, type, generation);
    for (const Item& form : known->second) add(form);
  }
  if (!in_order) {
    std::stable_sort(forms.begin(), forms.end(),
                     [](const Item& a, const Item& b) { return a->key < b->key; });
  }
  return forms;
}

}  // namespace skyden::resources
