# SPDX-License-Identifier: Apache-2.0
# Writes every *.yaml of FOLDER as a string literal into OUTPUT.
file(GLOB files ${FOLDER}/*.yaml)
list(SORT files)
set(text "// Made by embed.cmake.\n#include \"rest/openapi.h\"\n\nnamespace skyden::rest {\n")
string(APPEND text "\nstd::vector<OpenApiPart> EmbeddedOpenApiParts() {\n  return {\n")
foreach(path IN LISTS files)
  get_filename_component(name ${path} NAME_WE)
  file(READ ${path} content)
  string(APPEND text "      {\"${name}\", R\"skyden(${content})skyden\"},\n")
endforeach()
string(APPEND text "  };\n}\n\n}  // namespace skyden::rest\n")
file(WRITE ${OUTPUT} "${text}")
