// SPDX-License-Identifier: Apache-2.0
// The list of control planes with what their zones come to: shown, sorted and filtered by.
#pragma once

#include <string>

#include "rest/control_plane_json.h"
#include "rest/object_reader.h"
#include "skyden/http/uri.h"
#include "skyden/insights/fleet.h"

namespace skyden::rest {

enum class FigureSort {
  kCreatedAt,
  kName,
  kWorst,  // the worst first
  kZones,
  kOffline,
  kRefused,
  kBehind,
  kProxies,
  kLastChange,
};

struct ListFigures {
  control_planes::ListControlPlanes list;         // its filters, those of the control planes
  std::vector<model::TextFilter> figure_filters;  // of FigureFilters()
  FigureSort sort = FigureSort::kCreatedAt;
  bool descending = false;
  bool shows_figures = false;
  // Nothing of it can be answered without figures.
  bool NeedsFigures() const {
    return shows_figures || sort != FigureSort::kCreatedAt || descending || !figure_filters.empty();
  }
};

const model::Filterable<insights::TenantZones>& FigureFilters();
// Members of control planes and of their figures.
model::FilterNames ControlPlaneFilterNames();
Decoded<ListFigures> DecodeListFigures(const http::Query& query);

// `listed`: what the caller lists. Those that it may not read have no figures, and are last.
std::string FiguredPageJson(const ListFigures& request,
                            const control_planes::ListedControlPlanes& listed,
                            const insights::Fleet::Reading& reading);

}  // namespace skyden::rest
