"""The single window: register an application, check its materials, accept or decline it."""
