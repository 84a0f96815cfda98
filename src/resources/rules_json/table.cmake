# SPDX-License-Identifier: Apache-2.0
# Writes into OUTPUT the table of the rules that the *.cc of FOLDERS (separated by commas) define:
# one for each line that begins with `extern const Rules k<Type>Rules = `.
string(REPLACE "," ";" FOLDERS "${FOLDERS}")
set(types)
foreach(folder IN LISTS FOLDERS)
  file(GLOB sources ${folder}/*.cc)
  list(SORT sources)
  foreach(path IN LISTS sources)
    file(STRINGS ${path} lines REGEX "^extern const Rules k[A-Za-z0-9]+Rules = ")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^extern const Rules k([A-Za-z0-9]+)Rules = .*" "\\1" type "${line}")
      list(APPEND types ${type})
    endforeach()
  endforeach()
endforeach()
set(declarations)
set(rows)
foreach(type IN LISTS types)
  string(APPEND declarations "extern const Rules k${type}Rules;\n")
  string(APPEND rows "      {\"${type}\", &k${type}Rules},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made by table.cmake.
#include \"resources/rules_json/table.h\"

namespace skyden::resources::rules_json {

${declarations}
std::vector<NamedRules> RuleTable() {
  return {
${rows}  };
}

}  // namespace skyden::resources::rules_json
")
