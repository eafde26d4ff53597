"""Sources with the attributes of newer versions of cc_library that Bazel 4's lacks."""

def _impl(ctx):
    return [CcInfo()]

sources = rule(
    implementation = _impl,
    attrs = {
        "additional_compiler_inputs": attr.label_list(allow_files = True),
        "implementation_deps": attr.label_list(providers = [CcInfo]),
        "srcs": attr.label_list(allow_files = True),
    },
)
