"""SDIT (ACM Multimedia 2019): one network for many domains and many outputs, and StarGAN, what it is compared with."""
