// Who imports CommonGroundKit has the core's types as well.
@_exported import CommonGroundCore
