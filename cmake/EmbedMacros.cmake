# embed_macros(OUTPUT): generates a .cc with every file of macros/ as a raw string, so that the binary needs no folder
# beside it. The generator is this same file in script mode; it runs again when a macro file changes, comes or goes.
if(CMAKE_SCRIPT_MODE_FILE)
  file(GLOB_RECURSE files RELATIVE "${ROOT}" "${ROOT}/*.sql" "${ROOT}/*.md" "${ROOT}/*.yml")
  list(SORT files)
  set(body "// Generated from macros/ by cmake/EmbedMacros.cmake.\n#include \"cli/builtin_macros.h\"\n\nnamespace sluice::cli {\n\nconst EmbeddedMacroFile kEmbeddedMacroFiles[] = {\n")
  foreach(file IN LISTS files)
    file(READ "${ROOT}/${file}" text)
    string(APPEND body "    {\"${file}\", R\"sluice_file(${text})sluice_file\"},\n")
  endforeach()
  string(APPEND body "    {nullptr, nullptr},\n};\n\n}  // namespace sluice::cli\n")
  file(WRITE "${OUTPUT}" "${body}")
  return()
endif()

set(SLUICE_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_FILE}")
function(embed_macros output)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/macros/*.sql" "${CMAKE_SOURCE_DIR}/macros/*.md"
       "${CMAKE_SOURCE_DIR}/macros/*.yml")
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" -DROOT=${CMAKE_SOURCE_DIR}/macros -DOUTPUT=${output} -P "${SLUICE_EMBED_SCRIPT}"
    DEPENDS ${files} "${SLUICE_EMBED_SCRIPT}"
    COMMENT "Embedding macros/" VERBATIM)
endfunction()
